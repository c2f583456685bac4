"""Ranks of a training of which one or all are sent a signal: all end after the same step."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.engine.ranks.launch import run_ranks
from pass_ops.tracking.tracker import NullTracker

PROGRAM = "tests.engine.trainer._program"
pytestmark = pytest.mark.usefixtures("mpirun")


# Argo's emissary signals all processes of a pod.
@pytest.mark.parametrize(("signals", "number"), [("15,15", 15), ("0,2", 2), ("2,15", 15)])
def test_ranks_end_by_the_signal_that_came(
    signals: str, number: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    reported = run_ranks(
        stage="pretrain",
        module=PROGRAM,
        arguments=(str(tmp_path), signals),
        ranks=2,
        tracker=NullTracker(),
    )
    assert reported == {"status": 128 + number}
    told = f"pretrain | ended by signal {number} after step 3; step-0000000003 is in /"
    assert told in capfd.readouterr().out
