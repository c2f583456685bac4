"""MLflow's failures in one line that says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pass_ops.errors import StorageError

REFUSALS = {
    "BAD_REQUEST",
    "INVALID_PARAMETER_VALUE",
    "INVALID_STATE",
    "RESOURCE_ALREADY_EXISTS",
    "RESOURCE_DOES_NOT_EXIST",
}
"""Error codes of MLflow's REST API for what it will never take."""


@contextmanager
def server_errors() -> Iterator[None]:
    """Turn an MLflow error inside the block into one line that names the server.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except FileNotFoundError:
        raise
    # Artifacts are sent by requests, whose errors are OSErrors, past MLflow's own errors.
    except (MlflowException, OSError) as error:
        uri, reason = os.environ.get("MLFLOW_TRACKING_URI"), str(error).splitlines()[0]
        raise StorageError(
            f"MLflow at {uri}: {reason}; check MLFLOW_TRACKING_URI and the server's log"
        ) from error


def is_refusal(error: StorageError) -> bool:
    """Whether the server answered, and would answer the same tomorrow.

    A login that is refused is no such thing: it can be mended.
    """
    code = getattr(error.__cause__, "error_code", "")
    return code in REFUSALS
