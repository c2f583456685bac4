"""The two servers of a run on one machine: SeaweedFS for S3, and MLflow; on free loopback ports."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException

from pass_ops.errors import ConfigError
from pipelines.servers.process import LOOPBACK, ServerProcess, free_ports, port_is_free
from pipelines.servers.store import Credentials, name_holder, store_credentials, store_lock

MLFLOW_BUCKET = "mlflow"
REGION = "us-east-1"
# Variables of the caller that would mislead the MLflow server.
HIDDEN = {"AWS_PROFILE", "AWS_SESSION_TOKEN", "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID"}


@contextmanager
def seaweedfs(store: Path, buckets: Sequence[str]) -> Iterator[dict[str, str]]:
    """Serve S3 from the folder `store`, with `buckets` made if they are not there yet.

    Yields:
        the environment variables by which clients find it: S3_ENDPOINT, S3_REGION,
        AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (random ones, kept with the store).

    Raises:
        StorageError: the store is in use, or the server does not come up.
    """
    with store_lock(store) as lock:
        credentials = store_credentials(store)
        ports = free_ports(5)
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "GOMEMLIMIT": "300MiB",
        }
        server = ServerProcess(
            name="SeaweedFS",
            command=_weed_command(store, buckets, ports),
            environment=environment,
            log=store / "server.log",
            lock=lock,
        )
        try:
            name_holder(lock, server.process.pid)
            server.wait_ready(lambda: _has_buckets(ports[0], credentials, buckets), seconds=60)
            yield {
                "S3_ENDPOINT": f"http://{LOOPBACK}:{ports[0]}",
                "S3_REGION": REGION,
                "AWS_ACCESS_KEY_ID": credentials.access_key,
                "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            }
        finally:
            server.stop()
            _remove_sockets(ports)


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
        self.process.wait_ready(lambda: answers(f"{self.url}/health"), seconds=180)


@contextmanager
def mlflow_server(
    store: Path, s3_environment: Mapping[str, str], port: int | None = None
) -> Iterator[MlflowServer]:
    """Serve MLflow with its database in the folder `store` and its artifacts in the bucket
    `mlflow`.

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
        url = f"http://{LOOPBACK}:{port or free_ports(1)[0]}"
        server = ServerProcess(
            name="MLflow",
            command=_mlflow_command(store, url),
            environment=_mlflow_environment(s3_environment),
            log=store / "server.log",
            lock=lock,
        )
        try:
            name_holder(lock, server.process.pid)
            yield MlflowServer(url, server)
        finally:
            server.stop()


def answers(url: str) -> bool:
    """Whether a GET of `url` succeeds."""
    try:
        return urllib3.request("GET", url, retries=False, timeout=5).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _weed_command(store: Path, buckets: Sequence[str], ports: Sequence[int]) -> list[str]:
    names = ("-s3.port", "-master.port", "-volume.port", "-filer.port", "-admin.port")
    return [
        str(Path(sys.executable).with_name("weed")), "mini", "-dir", str(store), "-bucket", ",".join(buckets),
        "-ip", LOOPBACK, "-ip.bind", LOOPBACK, *(f"{name}={port}" for name, port in zip(names, ports, strict=True)),
        "-s3.autoCreateBucket=false", "-s3.cacheCapacityMB", "0", "-s3.readerCacheSizeMB", "64",
        "-s3.port.iceberg", "0", "-s3.port.lance", "0",
        "-webdav=false", "-admin.ui=false", "-master.telemetry=false",
    ]  # fmt: skip


def _has_buckets(port: int, credentials: Credentials, buckets: Sequence[str]) -> bool:
    with urllib3.PoolManager(retries=False, timeout=5) as connections:
        client = Minio(
            f"{LOOPBACK}:{port}",
            credentials.access_key,
            credentials.secret_key,
            secure=False,
            http_client=connections,
        )
        with suppress(MinioException, urllib3.exceptions.HTTPError):
            return set(buckets) <= {bucket.name for bucket in client.list_buckets()}
    return False


def _remove_sockets(ports: Sequence[int]) -> None:
    """Remove the Unix sockets that SeaweedFS leaves behind, each named by one of its ports."""
    for port in (*ports, *(port + 10000 for port in ports)):
        for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            socket.unlink(missing_ok=True)


def _mlflow_command(store: Path, url: str) -> list[str]:
    host, port = url.removeprefix("http://").split(":")
    return [
        sys.executable, "-m", "mlflow", "server", "--host", host, "--port", port, "--workers", "1",
        "--backend-store-uri", f"sqlite:///{store.resolve()}/mlflow.db",
        "--artifacts-destination", f"s3://{MLFLOW_BUCKET}/artifacts",
    ]  # fmt: skip


def _mlflow_environment(s3: Mapping[str, str]) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in HIDDEN}
    return inherited | {
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_S3_ENDPOINT_URL": s3["S3_ENDPOINT"],
        "AWS_DEFAULT_REGION": s3.get("S3_REGION", REGION),
        "AWS_ACCESS_KEY_ID": s3["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": s3["AWS_SECRET_ACCESS_KEY"],
    }
