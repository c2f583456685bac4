"""MLflow on this machine: its database in a folder, its artifacts in S3, on a loopback port."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import urllib3

from pass_ops.errors import ConfigError
from pipelines.servers.ports import LOOPBACK, free_ports, port_is_free
from pipelines.servers.process import ServerProcess
from pipelines.servers.seaweedfs import REGION
from pipelines.servers.store import record_holder, store_lock

MLFLOW_BUCKET = "mlflow"
# Variables of the caller that would mislead the MLflow server.
HIDDEN = {"AWS_PROFILE", "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID"}


@dataclass(frozen=True)
class MlflowServer:
    """A starting MLflow server: it needs some 20 s, in which its caller can do something else."""

    url: str
    process: ServerProcess

    def wait_ready(self) -> None:
        """Return when it answers.

        Raises:
            StorageError: it ended, or does not answer within three minutes.
        """
        self.process.wait_ready(lambda: mlflow_answers(self.url), seconds=180)


@contextmanager
def mlflow_server(
    store: Path, s3_environment: Mapping[str, str], port: int | None = None
) -> Iterator[MlflowServer]:
    """Serve MLflow from a folder and the bucket `mlflow`.

    Args:
        store: folder of the database; made if missing.
        s3_environment: as `seaweedfs` yields it.
        port: the loopback port to listen on; a free one if None.

    Yields:
        the server, started but not yet ready: call its `wait_ready`.

    Raises:
        ConfigError: `port` is taken.
        StorageError: the store is in use.
    """
    if port is not None and not port_is_free(port):
        raise ConfigError(
            f"port {port} is taken by another program: choose another one (make ui PORT=...)"
        )
    with store_lock(store) as lock:
        port = port or free_ports(1)[0]
        server = ServerProcess(
            name="MLflow",
            command=_command(store, port),
            environment=_environment(s3_environment),
            log=store / "server.log",
            lock=lock,
        )
        url = f"http://{LOOPBACK}:{port}"
        try:
            record_holder(descriptor=lock, server=server.process.pid, url=url)
            yield MlflowServer(url, server)
        finally:
            server.stop()


def mlflow_answers(url: str) -> bool:
    """Whether an MLflow server at `url` says that it is well."""
    try:
        answer = urllib3.request("GET", f"{url.rstrip('/')}/health", retries=False, timeout=5)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 200


def _command(store: Path, port: int) -> list[str]:
    """The command line of a server.

    Args:
        store: folder of its database.
        port: to listen on.
    """
    return [
        sys.executable, "-m", "mlflow", "server",
        "--host", LOOPBACK, "--port", str(port), "--workers", "1",
        "--backend-store-uri", f"sqlite:///{store.resolve()}/mlflow.db",
        "--artifacts-destination", f"s3://{MLFLOW_BUCKET}/artifacts",
    ]  # fmt: skip


def _environment(s3: Mapping[str, str]) -> dict[str, str]:
    """The server's environment: ours without what misleads it, and the S3 server of `s3`."""
    inherited = {key: value for key, value in os.environ.items() if key not in HIDDEN}
    return inherited | {
        # Its job runner doubles the memory and is not used.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_S3_ENDPOINT_URL": s3["S3_ENDPOINT"],
        "AWS_DEFAULT_REGION": s3.get("S3_REGION", REGION),
        "AWS_ACCESS_KEY_ID": s3["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": s3["AWS_SECRET_ACCESS_KEY"],
        "AWS_SESSION_TOKEN": s3.get("AWS_SESSION_TOKEN", ""),
    }
