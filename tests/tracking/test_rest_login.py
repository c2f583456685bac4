"""What is sent to prove who asks; MLflow's own client is the measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

from pass_ops.tracking.rest_login import login
from tests.http_stand_in import JsonHandler, served

Headers = tuple[str | None, str | None]


@pytest.fixture
def heard() -> Iterator[tuple[str, list[Headers]]]:
    """Address of a server, and the logins and workspaces of the requests that it has had."""
    requests_so_far: list[Headers] = []

    class Recorder(JsonHandler):
        def do_GET(self) -> None:
            login_of = self.headers.get("Authorization")
            requests_so_far.append((login_of, self.headers.get("X-MLFLOW-WORKSPACE")))
            self.answer(200, {})

    with served(Recorder) as address:
        yield address, requests_so_far


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"MLFLOW_TRACKING_USERNAME": "someöne", "MLFLOW_TRACKING_PASSWORD": "a:b"},
        {"MLFLOW_TRACKING_USERNAME": "alone"},
        {"MLFLOW_TRACKING_TOKEN": "token"},
        {
            "MLFLOW_TRACKING_TOKEN": "token",
            "MLFLOW_TRACKING_USERNAME": "user",
            "MLFLOW_TRACKING_PASSWORD": "password",
        },
        {"MLFLOW_WORKSPACE": " team "},
        {"MLFLOW_TRACKING_INSECURE_TLS": "true"},
        {"MLFLOW_TRACKING_SERVER_CERT_PATH": "/some/authority.pem"},
    ],
)
@pytest.mark.parametrize("stored", [False, True])
def test_requests_are_those_of_mlflows_own_client(
    *,
    variables: dict[str, str],
    stored: bool,
    heard: tuple[str, list[Headers]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, headers = heard
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("USERNAME", "PASSWORD", "TOKEN", "AUTH", "INSECURE_TLS", "SERVER_CERT_PATH"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if stored:
        (tmp_path / ".mlflow").mkdir()
        (tmp_path / ".mlflow" / "credentials").write_text(
            "[mlflow]\nmlflow_tracking_username = kept\nmlflow_tracking_password = secret\n"
        )
    credentials = get_default_host_creds(address)
    http_request(credentials, "/", "GET")
    ours = login(variables)
    requests.get(f"{address}/", timeout=10, **ours)
    theirs, mine = headers
    assert mine == theirs
    assert ours.get("verify", True) == credentials.verify
