"""The MLflow server to use where nobody else has named one.

KFP's MLflow plugin sets `MLFLOW_TRACKING_URI` and the login in a stage's pod. KFP 2.17 appends what
the pipeline asks for beside that, and Kubernetes rejects a pod in which one name has a value and a
reference. So the pipeline's own bear a prefix, and count only without the plugin.
"""

from __future__ import annotations

import os

from pass_ops.errors import StorageError, without_login

PREFIX = "PASS_"
ADDRESS = "MLFLOW_TRACKING_URI"
LOGIN = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


def use_fallback() -> None:
    """Take address and login from their prefixed names, unless `MLFLOW_TRACKING_URI` is set: a
    login belongs to its server.

    Raises:
        StorageError: the address holds a login, which would stand in logs.
    """
    if not os.environ.get(ADDRESS):
        for name in (ADDRESS, *LOGIN):
            if value := os.environ.get(PREFIX + name):
                os.environ[name] = value
    require_no_login(os.environ.get(ADDRESS, ""))


def require_no_login(address: str) -> None:
    """Refuse an address of MLflow with a user or a password in it, as that of S3 is.

    Raises:
        StorageError: it has one.
    """
    if address != without_login(address):
        raise StorageError(
            f"{ADDRESS} holds a user or password; set it to http[s]://host:port, "
            f"and {' and '.join(LOGIN)} to the login"
        )
