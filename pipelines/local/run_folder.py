"""A folder for each run."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path


def make_run_folder(runs: Path) -> Path:
    """Make a new folder, named by the time, and by a number where that is taken.

    Runs may start in one second, and clocks are set back.

    Args:
        runs: folder of all runs; made if missing.
    """
    runs.mkdir(parents=True, exist_ok=True)
    now = datetime.now().strftime("%Y%m%d-%H%M%S")
    for number in count(1):
        folder = runs / (now if number == 1 else f"{now}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError
