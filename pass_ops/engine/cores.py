"""How many cores this process may use."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from math import ceil, inf
from pathlib import Path

# Where Linux shows a container's control group.
_GROUP = Path("/sys/fs/cgroup")


def usable_cores(group: Path = _GROUP) -> int:
    """The cores that this process may run on, or as many as its control group has time for, rounded
    up, if these are fewer: a container's CPU limit.

    Args:
        group: folder of the control group.
    """
    # Not by joblib.cpu_count, whose import takes a stage 0.2 s of CPU.
    return ceil(min(len(os.sched_getaffinity(0)), _limit(group)))


def limit_threads(environment: MutableMapping[str, str], group: Path = _GROUP) -> None:
    """Let OpenMP, which counts the cores of the node, start no more threads than usable cores.

    Nothing changes where the environment names a number, or where the control group has no limit.

    Args:
        environment: of the process.
        group: folder of the control group.
    """
    if usable_cores(group) < len(os.sched_getaffinity(0)):
        environment.setdefault("OMP_NUM_THREADS", str(usable_cores(group)))


def _limit(group: Path) -> float:
    """Seconds of processor time in a second, above 0; infinite where there is no limit.

    Linux, Documentation/admin-guide/cgroup-v2.rst (`cpu.max`: "max 100000" by default, none in the
    root) and, of version 1, Documentation/scheduler/sched-bwc.rst (a quota of -1 is none).

    Args:
        group: folder of the control group.
    """
    try:
        quota, period = (group / "cpu.max").read_text().split()
    except OSError:
        folder = group / "cpu"
        try:
            quota = (folder / "cpu.cfs_quota_us").read_text().strip()
            period = (folder / "cpu.cfs_period_us").read_text()
        except OSError:
            return inf
    return inf if quota in ("max", "-1") else int(quota) / int(period)
