"""Delivering what stages had to leave when they ended, or were killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.tracking.mlflow_errors import is_refusal
from pass_ops.tracking.spool.delivery import Delivery
from pass_ops.tracking.spool.spool import EVENTS, Spool


def replay(root: Path, say: Callable[[str], None]) -> int:
    """Deliver all spools of a folder that no process holds, in the order in which they began.

    The run of a process that was killed ends as KILLED.

    Args:
        root: folder of spools, which are named so that they sort by their beginning.
        say: is told what was delivered, and what the server refuses.

    Returns:
        how many were delivered.

    Raises:
        StorageError: the server cannot be reached; what is not delivered stays.
    """
    count = 0
    for path in sorted(root.glob(f"*/{EVENTS}")):
        spool = Spool.take(path.parent)
        if spool is None:
            continue
        try:
            count += _deliver(spool, say)
        except StorageError as error:
            if not is_refusal(error):
                raise
            say(f"{error}; what a stage recorded stays in {spool.folder}")
        except (ValueError, KeyError, TypeError) as error:
            say(f"{spool.folder} is damaged: {type(error).__name__}: {error}; remove it")
        finally:
            spool.close()
    return count


def _deliver(spool: Spool, say: Callable[[str], None]) -> bool:
    """Deliver a spool and remove it; False for one in which nothing was recorded.

    Args:
        spool: of a process that is gone.
        say: see `replay`.
    """
    events = spool.all()
    if events:
        delivery = Delivery(spool=spool, late=True, say=say)
        delivery.deliver()
        delivery.end_killed()
        say(f"MLflow has what {events[0]['arguments']['stage']} recorded")
    spool.remove()
    return bool(events)
