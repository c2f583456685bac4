"""Submission with the real `kfp.Client` to a server whose runs the local runner executes."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.pipelines.toy import toy_pipeline
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.errors import ConfigError
from pipelines.cluster.kfp_server import KfpServer, SubmissionError
from pipelines.cluster.request import Submission, pipeline_name, version_name
from pipelines.cluster.submit import submit, wait
from pipelines.compile import compile_pipeline
from tests.integration.certificates import make_certificates
from tests.integration.kfp_api import kfp_api
from tests.integration.kfp_store import Store

VALUES = {"data_uri": "s3://a/b", "profile": "toy", "seed": 31, "compat": "fixed", "overrides": {}}
QUICK = (0.01, 0.01)


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KFP_TOKEN", "KFP_CA_BUNDLE", "KF_PIPELINES_ENDPOINT", "KF_PIPELINES_UI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("build") / "toy.yaml"
    compile_pipeline(toy_pipeline, path)
    return path


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[str, Store]]:
    with kfp_api(tmp_path) as served:
        yield served


def submission(package: Path, **changes: object) -> Submission:
    given = {
        "version": "0123456789ab-1",
        "experiment": "trials",
        "run": "first",
        "parameters": VALUES,
    }
    return Submission(package=package, pipeline=pipeline_name(package), **given | changes)  # type: ignore[arg-type]  # Of mixed types, by name.


def test_a_run_is_uploaded_executed_and_waited_for(package: Path, api: tuple[str, Store]) -> None:
    host, store = api
    server, said = KfpServer(host), []
    run_id = submit(server, submission(package), said.append)
    wait(server=server, run_id=run_id, say=said.append, poll=0.1)
    (pipeline,) = store.pipelines.values()
    version = next(v for v in store.versions.values() if v["display_name"] == "0123456789ab-1")
    run = store.runs[run_id]
    assert pipeline["display_name"] == "toy"
    assert run["pipeline_version_reference"] == {
        "pipeline_id": pipeline["pipeline_id"],
        "pipeline_version_id": version["pipeline_version_id"],
    }
    assert run["runtime_config"]["parameters"] == VALUES
    assert run["experiment_id"] == store.experiments["trials"]["experiment_id"]
    assert said == [
        f"version    {host}/#/pipelines/details/{pipeline['pipeline_id']}/version/{version['pipeline_version_id']}",
        f"experiment {host}/#/experiments/details/{run['experiment_id']}",
        f"run        {host}/#/runs/details/{run_id}",
        "first: RUNNING",
        "first: SUCCEEDED",
    ]
    assert list((store.folder / run_id / "stages").rglob("report"))
    # The same content again is no new version; the experiment is there.
    uploads = sum("upload" in request for request in store.requests)
    again = submit(server, submission(package, run="second"), said.append)
    store.processes[again].kill()
    assert sum("upload" in request for request in store.requests) == uploads
    assert len(store.experiments) == 1


def test_a_failed_run_names_its_stage(package: Path, api: tuple[str, Store]) -> None:
    server = KfpServer(api[0])
    run_id = submit(
        server, submission(package, parameters=VALUES | {"overrides": {"fail": True}}), print
    )
    with pytest.raises(SubmissionError, match=r"^run first is FAILED: evaluate \(exit status 1\)$"):
        wait(server=server, run_id=run_id, say=print, poll=0.1)


def test_a_cancelled_run_is_not_waited_for_for_ever(package: Path, api: tuple[str, Store]) -> None:
    server = KfpServer(api[0])
    run_id = submit(
        server, submission(package, parameters=VALUES | {"overrides": {"seconds": 600}}), print
    )
    server.client.terminate_run(run_id)
    with pytest.raises(SubmissionError, match="run first is CANCELED"):
        wait(server=server, run_id=run_id, say=print, poll=0.1)


def test_a_recurring_run_has_its_times_and_does_not_pile_up(
    package: Path, api: tuple[str, Store]
) -> None:
    host, store = api
    said: list[str] = []
    made = submit(
        KfpServer(host),
        submission(package, cron="0 30 2 * * 1", service_account="pass-runs"),
        said.append,
    )
    recurring = store.recurring[made]
    assert recurring["trigger"] == {"cron_schedule": {"cron": "0 30 2 * * 1"}}
    assert (recurring["no_catchup"], recurring["max_concurrency"]) == (True, 1)
    assert (recurring["mode"], recurring["service_account"]) == ("ENABLE", "pass-runs")
    assert recurring["runtime_config"]["parameters"] == VALUES
    assert said[-1] == f"run        {host}/#/recurringrun/details/{made}"
    assert not store.runs


def test_a_parameter_that_the_server_does_not_know_is_named_in_one_line(
    package: Path, api: tuple[str, Store]
) -> None:
    host, store = api
    with pytest.raises(SubmissionError) as raised:
        submit(KfpServer(host), submission(package, parameters=VALUES | {"colour": "red"}), print)
    assert (
        str(raised.value) == f"{host}: refused (400): Input parameter colour is not in the pipeline"
    )
    assert not store.runs


def test_a_token_is_sent_and_a_wrong_one_refused(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
        assert submit(KfpServer(host), submission(package, cron="@daily"), print) in store.recurring


def test_a_busy_server_is_asked_again(package: Path, api: tuple[str, Store]) -> None:
    host, store = api
    store.busy = 2
    server = KfpServer(host, waits=QUICK)
    for _ in range(2):
        store.busy = 2
        submit(server, submission(package, cron="@daily"), print)
    assert (len(store.pipelines), len(store.recurring)) == (1, 2)
    store.busy = 3
    with pytest.raises(SubmissionError, match=r"busy \(503\), 3 times in a row"):
        submit(server, submission(package), print)
    assert not store.runs


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SubmissionError, match=f"^{host}: cannot be reached") as raised:
            KfpServer(host, waits=QUICK)
    assert "\n" not in str(raised.value)
    with pytest.raises(SubmissionError, match="write it like"):
        KfpServer("localhost:8080")


def test_cron_has_six_fields(package: Path) -> None:
    with pytest.raises(ConfigError, match="seconds first"):
        submission(package, cron="30 2 * * 1")


def test_what_would_be_sent_is_shown(package: Path) -> None:
    shown = yaml.safe_load(submission(package, cron="@daily").shown())
    assert shown["recurring run"] == "first"
    assert (shown["pipeline"], shown["version"], shown["cron"]) == (
        "toy",
        "0123456789ab-1",
        "@daily",
    )
    assert shown["parameters"] == VALUES


def test_a_version_is_named_by_commit_and_content(package: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = [
            "git",
            "-C",
            str(tmp_path),
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            *arguments,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    with pytest.raises(ConfigError, match="--version"):
        version_name(package, tmp_path)
    git("init")
    (tmp_path / "file").write_text("a")
    git("add", "file")
    git("commit", "-m", "first")
    commit = git("rev-parse", "HEAD")[:12]
    clean = version_name(package, tmp_path)
    assert clean.startswith(f"{commit}-")
    (tmp_path / "file").write_text("b")
    assert version_name(package, tmp_path) == clean.replace(commit, f"{commit}-dirty")
    other = tmp_path / "other.yaml"
    other.write_bytes(package.read_bytes() + b"#")
    assert version_name(other, tmp_path).rpartition("-")[2] != clean.rpartition("-")[2]


def test_certificates_of_ones_own_are_trusted_only_when_named(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, certificate, key = make_certificates(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with kfp_api(tmp_path, tls=tls) as (host, store):
        with pytest.raises(SubmissionError, match="certificate verify failed"):
            KfpServer(host, waits=QUICK)
        monkeypatch.setenv("KFP_CA_BUNDLE", str(authority))
        assert submit(KfpServer(host), submission(package, cron="@daily"), print) in store.recurring


def test_the_command_shows_what_it_would_send_and_refuses_what_the_first_stage_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path(__file__).resolve().parents[2] / "params" / "dev.yaml"
    options = [
        "--params",
        str(file),
        "--version",
        "v1",
        "--allow-tags",
        "test",
        "--set",
        "data_uri=s3://pass-data/a",
    ]
    command = ["submit", *options, "--dry-run"]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, done.stderr) == (0, "")
    shown = yaml.safe_load(done.stdout)
    assert (shown["pipeline"], shown["version"]) == ("pass-training", "v1")
    assert shown["parameters"]["data_uri"] == "s3://pass-data/a"
    assert (tmp_path / "build" / "pass_training.yaml").exists()
    for more, problem in (
        (["--set", 'overrides={"pretrain.epoch": 1}'], "unknown configuration key pretrain.epoch"),
        (["--recurring", "@daily", "--wait"], "--wait and --recurring"),
    ):
        done = CliRunner().invoke(app, [*command, *more])
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error: {problem}")
    done = CliRunner().invoke(app, ["submit", *options])
    assert done.stderr.startswith("error: name the KFP server")
