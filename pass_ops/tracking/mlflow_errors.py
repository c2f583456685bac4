"""MLflow's failures in one line that says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pass_ops.errors import StorageError, first_line


class RestError(Exception):
    """What an MLflow server refuses.

    Args:
        message: of the server.
        error_code: its word for the kind of error; empty where the answer was not MLflow's.
    """

    def __init__(self, message: str, error_code: str) -> None:
        super().__init__(message)
        self.error_code = error_code


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
    try:
        yield
    except FileNotFoundError:
        raise
    # Those of requests are OSErrors.
    except (RestError, OSError) as error:
        uri = os.environ.get("MLFLOW_TRACKING_URI")
        raise StorageError(
            f"MLflow at {uri}: {first_line(error)}; check MLFLOW_TRACKING_URI and the server's log"
        ) from error


@contextmanager
def library_errors() -> Iterator[None]:
    """The same for a block that uses MLflow's own client.

    Raises:
        StorageError: see `server_errors`.
    """
    from mlflow.exceptions import MlflowException

    with server_errors():
        try:
            yield
        except MlflowException as error:
            raise RestError(str(error), error.error_code) from error


def is_refusal(error: StorageError) -> bool:
    """Whether the server answered, and would answer the same tomorrow.

    A login that is refused is no such thing: it can be mended.
    """
    code = getattr(error.__cause__, "error_code", "")
    return code in REFUSALS
