"""How long the artifacts of runs are kept, and which runs may share them therefore."""

from __future__ import annotations

import os
from datetime import date

from pass_ops.errors import ConfigError

VARIABLE = "ARTIFACT_DAYS"


def cache_epoch(today: date) -> str:
    """The first day of the period that a run belongs to: those of one period share artifacts.

    KFP (2.17.0) takes a task's outputs from its cache however old they are
    (backend/src/v2/cacheutils/cache.go, GetExecutionCache) and does not look whether they are still
    there (backend/src/v2/driver/cache.go, reuseCachedOutputs): a bucket that removes artifacts
    would leave a finished task with nothing to hand on. `max_cache_staleness` is KFP 1's, and the
    SDK's `cache_key` is not read. So the period is part of what tasks are given. It is half as long
    as artifacts are kept: what a run takes from the cache has the other half left, within which the
    run must end.

    Args:
        today: when the run begins.

    Returns:
        Its date, or "" where `ARTIFACT_DAYS` is not set and artifacts are kept for ever.

    Raises:
        ConfigError: `ARTIFACT_DAYS` is no number of days.
    """
    days = os.environ.get(VARIABLE, "")
    if not days:
        return ""
    if not days.isdecimal() or int(days) < 2:
        raise ConfigError(
            f"{VARIABLE}={days}: not a number of days from 2 on: write into the ConfigMap with the "
            "endpoints how long the bucket keeps artifacts, or nothing if it keeps them for ever"
        )
    period = int(days) // 2
    return date.fromordinal(today.toordinal() // period * period).isoformat()
