"""MLflow's failures in one line that says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pass_ops.errors import StorageError


@contextmanager
def server_errors() -> Iterator[None]:
    """Turn an MLflow error inside the block into one line that names the server.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        uri, reason = os.environ.get("MLFLOW_TRACKING_URI"), str(error).splitlines()[0]
        raise StorageError(
            f"MLflow at {uri}: {reason}; check MLFLOW_TRACKING_URI and the server's log"
        ) from error
