"""The S3 and MLflow servers that a run on one machine talks to: named ones, or ones of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.storage.s3 import ensure_bucket
from pass_ops.tracking.fallback import require_no_login
from pipelines.servers.environment import environment_variables
from pipelines.servers.mlflow import MLFLOW_BUCKET, MlflowServer, mlflow_answers, mlflow_server
from pipelines.servers.ports import LOOPBACK
from pipelines.servers.seaweedfs import seaweedfs

DATA_BUCKET = "pass-data"
# Seven tries, MLflow's default, are four minutes of silence before an error.
MLFLOW_CLIENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
}
S3_VARIABLES = (
    "S3_ENDPOINT",
    "S3_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)


@dataclass(frozen=True)
class Endpoints:
    """Where S3 and MLflow are; the environment of this process names both, with credentials.

    Attributes:
        s3_url, mlflow_url: addresses.
        own_mlflow: the MLflow server that was started here; None where one was named.
    """

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
def open_endpoints(state: Path, mlflow_port: int | None = None) -> Iterator[Endpoints]:
    """Have S3 and MLflow at hand, and their variables in `os.environ`, as long as the block lasts.

    A server named by S3_ENDPOINT or MLFLOW_TRACKING_URI is used; where one is not named, it is
    started and stopped.

    Args:
        state: folder of the stores of the servers started here.
        mlflow_port: loopback port of an MLflow server started here; a free one if None.

    Raises:
        StorageError: a named server cannot be reached or refuses the credentials; a started one
            does not come up.
    """
    # A proxy for the world outside must not get between us and our own servers.
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), LOOPBACK, "localhost"]))
    with ExitStack() as stack:

        def export(values: dict[str, str]) -> None:
            stack.enter_context(environment_variables(values))

        export({"NO_PROXY": no_proxy, "no_proxy": no_proxy} | MLFLOW_CLIENT)
        mlflow_url, own_mlflow = os.environ.get("MLFLOW_TRACKING_URI"), None
        if mlflow_url:
            _require_mlflow(mlflow_url)
        if not os.environ.get("S3_ENDPOINT"):
            export(stack.enter_context(seaweedfs(state / "s3", (DATA_BUCKET, MLFLOW_BUCKET))))
        ensure_bucket(DATA_BUCKET)
        if not mlflow_url:
            ensure_bucket(MLFLOW_BUCKET)
            s3 = {name: os.environ[name] for name in S3_VARIABLES if name in os.environ}
            own_mlflow = stack.enter_context(mlflow_server(state / "mlflow", s3, mlflow_port))
            mlflow_url = own_mlflow.url
            export({"MLFLOW_TRACKING_URI": mlflow_url})
        yield Endpoints(os.environ["S3_ENDPOINT"], mlflow_url, own_mlflow)


def _require_mlflow(url: str) -> None:
    """Raise a StorageError unless there is an MLflow server at `url`, which holds no login."""
    require_no_login(url)
    if not mlflow_answers(url):
        raise StorageError(
            f"MLFLOW_TRACKING_URI={url}: no MLflow server answers there: start it, correct the "
            "address, or unset the variable to have one started"
        )
