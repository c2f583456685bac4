"""The environment in which a user without servers starts a run."""

from __future__ import annotations

import os
from pathlib import Path

CLONE = Path(__file__).resolve().parents[3]
SERVERS = {"S3_ENDPOINT", "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID"}


def user_environment() -> dict[str, str]:
    """Ours without what names servers; modules of this clone are found from anywhere."""
    inherited = {name: value for name, value in os.environ.items() if name not in SERVERS}
    path = os.pathsep.join(filter(None, [str(CLONE), os.environ.get("PYTHONPATH")]))
    return inherited | {"PYTHONPATH": path}
