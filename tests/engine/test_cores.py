"""Cores that a control group leaves of those that there are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.engine.cores import limit_threads, usable_cores


@pytest.fixture(autouse=True)
def _a_node_of_eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def group_of(folder: Path, *, version: int, quota: str) -> Path:
    """A control group with so much time in 100 ms, as the kernel shows it."""
    if version == 2:
        (folder / "cpu.max").write_text(f"{quota} 100000\n")
    else:
        (folder / "cpu").mkdir()
        (folder / "cpu" / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        (folder / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    return folder


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("quota", "cores"), [("300000", 3), ("250000", 3), ("50000", 1), ("1600000", 8)]
)
def test_a_limit_is_as_many_cores_rounded_up(
    tmp_path: Path, version: int, quota: str, cores: int
) -> None:
    assert usable_cores(group_of(tmp_path, version=version, quota=quota)) == cores


@pytest.mark.parametrize(("version", "quota"), [(1, "-1"), (2, "max")])
def test_without_a_limit_all_cores_are_used(tmp_path: Path, version: int, quota: str) -> None:
    # The root has no such file.
    assert usable_cores(tmp_path) == 8
    assert usable_cores(group_of(tmp_path, version=version, quota=quota)) == 8


def test_threads_are_limited_where_cores_are_and_nobody_has_said_how_many(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    limit_threads(environment, tmp_path)
    assert environment == {}
    group = group_of(tmp_path, version=2, quota="200000")
    limit_threads(environment, group)
    assert environment == {"OMP_NUM_THREADS": "2"}
    environment["OMP_NUM_THREADS"] = "5"
    limit_threads(environment, group)
    assert environment == {"OMP_NUM_THREADS": "5"}


def test_the_group_of_this_process_is_read() -> None:
    assert 1 <= usable_cores() <= 8
