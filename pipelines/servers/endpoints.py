"""The S3 and MLflow servers that a run on one machine talks to: the caller's, or ones started for
it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.storage.s3 import ensure_bucket
from pipelines.servers.local_servers import (
    MLFLOW_BUCKET,
    MlflowServer,
    answers,
    mlflow_server,
    seaweedfs,
)
from pipelines.servers.process import LOOPBACK

DATA_BUCKET = "pass-data"
# Seven tries, MLflow's default, are four minutes of silence before an error.
MLFLOW_CLIENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
S3_VARIABLES = ("S3_ENDPOINT", "S3_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True)
class Services:
    """Servers whose addresses and credentials are in the environment of this process."""

    s3_url: str
    mlflow_url: str
    own_mlflow: MlflowServer | None

    def wait_ready(self) -> None:
        """Return when MLflow answers; S3 does already.

        Raises:
            StorageError: it does not.
        """
        if self.own_mlflow is not None:
            self.own_mlflow.wait_ready()


@contextmanager
def services(state: Path, mlflow_port: int | None = None) -> Iterator[Services]:
    """Have S3 and MLflow at hand, and their variables in `os.environ`, as long as the block lasts.

    Args:
        state: folder of the stores of the servers started here.
        mlflow_port: loopback port of an MLflow server started here; a free one if None.

    A server named by S3_ENDPOINT or MLFLOW_TRACKING_URI is used; where one is not named, it is
    started and stopped.

    Raises:
        StorageError: a named server cannot be reached or refuses the credentials; a started one
            does not come up.
    """
    # A proxy for the world outside must not get between us and our own servers.
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), LOOPBACK, "localhost"]))
    with ExitStack() as stack:
        stack.enter_context(variables({"NO_PROXY": no_proxy, "no_proxy": no_proxy} | MLFLOW_CLIENT))
        if not os.environ.get("S3_ENDPOINT"):
            stack.enter_context(
                variables(
                    stack.enter_context(seaweedfs(state / "s3", (DATA_BUCKET, MLFLOW_BUCKET)))
                )
            )
        ensure_bucket(DATA_BUCKET)
        mlflow_url, own_mlflow = os.environ.get("MLFLOW_TRACKING_URI"), None
        if mlflow_url:
            check_mlflow(mlflow_url)
        else:
            ensure_bucket(MLFLOW_BUCKET)
            s3 = {name: os.environ[name] for name in S3_VARIABLES if name in os.environ}
            own_mlflow = stack.enter_context(mlflow_server(state / "mlflow", s3, mlflow_port))
            mlflow_url = own_mlflow.url
            stack.enter_context(variables({"MLFLOW_TRACKING_URI": mlflow_url}))
        yield Services(os.environ["S3_ENDPOINT"], mlflow_url, own_mlflow)


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for this process and its children while the block lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def check_mlflow(url: str) -> None:
    """Check that the MLflow server at `url` is there.

    Raises:
        StorageError: it is not.
    """
    if not answers(f"{url.rstrip('/')}/health"):
        raise StorageError(
            f"MLFLOW_TRACKING_URI={url}: no MLflow server answers there: start it, correct the address, "
            "or unset the variable to have one started"
        )
