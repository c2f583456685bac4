"""The MLflow server to use where nobody else has named one.

KFP's MLflow plugin sets `MLFLOW_TRACKING_URI` and the login in a stage's pod. KFP 2.17 appends what
the pipeline asks for beside that, and Kubernetes rejects a pod in which one name has a value and a
reference. So the pipeline's own bear a prefix, and count only without the plugin.
"""

from __future__ import annotations

import os

PREFIX = "PASS_"
ADDRESS = "MLFLOW_TRACKING_URI"
LOGIN = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


def use_fallback() -> None:
    """Take address and login from their prefixed names, unless `MLFLOW_TRACKING_URI` is set: a
    login belongs to its server.
    """
    if os.environ.get(ADDRESS):
        return
    for name in (ADDRESS, *LOGIN):
        if value := os.environ.get(PREFIX + name):
            os.environ[name] = value
