"""A rank whose toy training gets a signal: `python -m tests.engine.trainer._program CONTACT PLACE
SIGNALS`, these by rank, such as 0,15.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.elsewhere import CheckpointsElsewhere
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.ranks.process import begin, end
from pass_ops.engine.ranks.world import is_first, rank
from pass_ops.engine.signals import signals_unwind
from pass_ops.engine.trainer import Trainer
from tests.engine.trainer.toy_training import (
    PLAN,
    Optimiser,
    Signalled,
    Tracker,
)


def main() -> None:
    """Train, and let the first rank tell with which status it ends."""
    contact, place, signals = sys.argv[1:]
    reporter = begin(Path(contact))
    number = int(signals.split(",")[rank()])
    # raise_signal(0) is none.
    toy = Signalled(lambda: signal.raise_signal(number))
    identity = Identity(stage="pretrain", settings={}, data="data", code="code")
    checkpoints = (
        Checkpoints(identity=identity, root=Path(place), remote="", minutes=60, stays=True)
        if is_first()
        else CheckpointsElsewhere(Path(place))
    )
    with signals_unwind():
        try:
            with checkpoints:
                Trainer(
                    plan=PLAN,
                    optimiser=Optimiser(toy.log),
                    tracker=Tracker(toy.log),
                    checkpoints=checkpoints,
                ).fit(toy)
        except SystemExit as ended:
            if is_first():
                reporter.tell("finished", {"status": ended.code})
    end(0)


if __name__ == "__main__":
    main()
