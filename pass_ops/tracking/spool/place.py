"""Where spools are: in a folder that outlives a stage and its container."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from pass_ops.tracking.spool.spool import Spool

PLACE = "PASS_SPOOL"
"""Environment variable: the folder of spools for the MLflow server at hand. The images name one on
the volume of data sets, a local run one beside its server's store."""


def spools() -> Path:
    """The folder of spools for the server that `MLFLOW_TRACKING_URI` names."""
    if folder := os.environ.get(PLACE):
        return Path(folder)
    server = hashlib.sha256(os.environ["MLFLOW_TRACKING_URI"].encode()).hexdigest()[:12]
    try:
        cache = Path.home() / ".cache"
    except RuntimeError:
        cache = Path(tempfile.gettempdir())
    return cache / "pass-ops" / "mlflow-spool" / server


def make_spool(say: Callable[[str], None]) -> Spool:
    """A new spool, whose name sorts by the time.

    Args:
        say: is told if it is where it will not outlive the container.
    """
    name = f"{time.time_ns()}-{uuid4().hex[:8]}"
    try:
        return Spool.create(spools() / name)
    except OSError as error:
        other = Path(tempfile.mkdtemp(prefix="pass-ops-mlflow-"))
        say(f"{spools()}: {error.strerror}; what is recorded for MLflow is kept in {other} instead")
        return Spool.create(other / name)
