"""One rank of a training: `python -m pass_ops.commands.rank CONTACT STAGE VALUES`, started by
mpirun (`engine.ranks.launch`).
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from pathlib import Path

from pass_ops.engine.mounted import take_mounted
from pass_ops.engine.ranks.process import begin, end
from pass_ops.engine.ranks.reports import ReportedTracker, Reporter
from pass_ops.engine.ranks.world import is_first, rank
from pass_ops.engine.signals import signals_unwind
from pass_ops.engine.stage import errors_explained
from pass_ops.errors import PassError
from pass_ops.stages.declaration import DECLARATIONS
from pass_ops.stages.run import use_of
from pass_ops.tracking.tracker import NullTracker


def main() -> None:
    """Run the stage, tell how it ends, and end so that the other ranks do."""
    # In a pod of its own a rank does not have the variables of who started it.
    take_mounted()
    contact, name, values = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    end(_run(name, values, begin(contact)))


def _run(name: str, values: dict[str, object], reporter: Reporter) -> int:
    """Run the stage; return what this process is to end with.

    Args:
        name: of the stage.
        values: of its fields.
        reporter: is told the outcome.
    """
    tracker = ReportedTracker(reporter) if is_first() else NullTracker()
    try:
        with errors_explained(), signals_unwind():
            metrics = use_of(DECLARATIONS[name], values).run(tracker)
    except PassError as error:
        reporter.tell("failed", error)
        return error.status
    except Exception as error:
        traceback.print_exc()
        reporter.tell("failed", RuntimeError(f"rank {rank()}: {type(error).__name__}: {error}"))
        return 1
    except SystemExit as left:
        # All have left the training together; the others wait for the first one's checkpoint.
        return int(left.code or 0) if is_first() else 0
    if is_first():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        reporter.tell("finished", {**metrics, "peak_rss_mb": peak})
    return 0


if __name__ == "__main__":
    main()
