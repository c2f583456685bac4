"""An MLflow server whose artifacts are in a real S3 server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.seaweedfs import seaweedfs


@pytest.fixture(scope="session")
def server_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of MLflow's database and log."""
    return tmp_path_factory.mktemp("tracking")


@pytest.fixture(scope="session")
def servers(
    server_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The variables by which clients find both; S3 has a bucket `models`."""
    stores = tmp_path_factory.mktemp("servers")
    with (
        seaweedfs(stores / "s3", ["mlflow", "models"]) as s3,
        mlflow_server(server_store, s3) as server,
    ):
        server.wait_ready()
        yield {**s3, "MLFLOW_TRACKING_URI": server.url, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}


@pytest.fixture(autouse=True)
def client(
    servers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MlflowClient:
    """A client of MLflow; the environment names both servers and a folder of spools, and no run is
    open.
    """
    for name, value in servers.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PASS_SPOOL", str(tmp_path / "spool"))
    for name in ("MLFLOW_RUN_ID", "PASS_KFP_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    return MlflowClient(servers["MLFLOW_TRACKING_URI"])
