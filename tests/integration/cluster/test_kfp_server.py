"""Reaching a KFP server: tokens, certificates, one that is busy, and one that is not there."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.kfp_server import KfpServer
from pipelines.cluster.submit import send_request
from tests.integration.certificates import make_certificates
from tests.integration.cluster.kfp_api import kfp_api
from tests.integration.cluster.kfp_store import Store
from tests.pipelines.cluster.toy_request import toy_request

QUICK = (0.01, 0.01)


@pytest.mark.usefixtures("no_kfp_settings")
def test_a_token_is_sent_and_a_wrong_one_refused(
    toy_package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kfp_api(tmp_path, token="right") as (host, store):
        for token in ("wrong", None):
            if token:
                monkeypatch.setenv("KFP_TOKEN", token)
            else:
                monkeypatch.delenv("KFP_TOKEN")
            with pytest.raises(SubmissionError, match=r"access refused \(401\): set KFP_TOKEN"):
                KfpServer(host, waits=QUICK)
        assert store.requests == 2 * ["GET healthz"]  # Not tried again.
        monkeypatch.setenv("KFP_TOKEN", "right")
        run_id = send_request(KfpServer(host), toy_request(toy_package, cron="@daily"), print)
        assert run_id in store.recurring


def test_a_busy_server_is_asked_again(toy_package: Path, api: tuple[str, Store]) -> None:
    host, store = api
    store.busy = 2
    server = KfpServer(host, waits=QUICK)
    for _ in range(2):
        store.busy = 2
        send_request(server, toy_request(toy_package, cron="@daily"), print)
    assert (len(store.pipelines), len(store.recurring)) == (1, 2)
    store.busy = 3
    with pytest.raises(SubmissionError, match=r"busy \(503\), 3 times in a row"):
        send_request(server, toy_request(toy_package), print)
    assert not store.runs


@pytest.mark.usefixtures("no_kfp_settings")
def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SubmissionError, match=f"^{host}: cannot be reached") as raised:
            KfpServer(host, waits=QUICK)
    assert "\n" not in str(raised.value)
    with pytest.raises(SubmissionError, match="write it like"):
        KfpServer("localhost:8080")


@pytest.mark.usefixtures("no_kfp_settings")
def test_certificates_of_ones_own_are_trusted_only_when_named(
    toy_package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, certificate, key = make_certificates(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with kfp_api(tmp_path, tls=tls) as (host, store):
        with pytest.raises(SubmissionError, match="certificate verify failed"):
            KfpServer(host, waits=QUICK)
        monkeypatch.setenv("KFP_CA_BUNDLE", str(authority))
        run_id = send_request(KfpServer(host), toy_request(toy_package, cron="@daily"), print)
        assert run_id in store.recurring


def test_an_older_server_is_refused_by_name(api: tuple[str, Store]) -> None:
    host, store = api
    store.health = {"tag_name": "2.16.1", "multi_user": False}
    with pytest.raises(SubmissionError, match=f"^{host}: is KFP 2.16.1; 2.17 or newer is needed"):
        KfpServer(host, waits=QUICK)


def test_a_server_for_several_users_wants_a_namespace(api: tuple[str, Store]) -> None:
    host, store = api
    one = KfpServer(host, "elsewhere")
    assert (one.namespace, one.namespace_of_runs) == ("", "elsewhere")
    assert KfpServer(host).namespace_of_runs == "kubeflow"
    assert (one.account_of_runs(), one.account_of_runs("robot")) == ("", "robot")
    # As KFP's UI answers for its API server.
    store.health = {"apiServerReady": True, "apiServerTagName": "2.17.0", "multi_user": True}
    with pytest.raises(SubmissionError, match=f"^{host}: serves several users: name the namespace"):
        KfpServer(host)
    several = KfpServer(host, "pass-runs")
    assert several.namespace == several.namespace_of_runs == "pass-runs"
    assert (several.account_of_runs(), several.account_of_runs("robot")) == ("pass-runs", "robot")
