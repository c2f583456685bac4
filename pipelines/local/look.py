"""What `make run` is given, looked at before Jittor compiles for minutes: `python -m
pipelines.local.look`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pass_ops.config.fit import require_fit
from pass_ops.data.layout import read_layout, require_structure, size_by_names
from pass_ops.data.synthetic.dataset import CATEGORIES, PER_CLASS
from pass_ops.engine.ranks.count import rank_count, require_mpi
from pass_ops.errors import ConfigError
from pass_ops.program import exit_status
from pipelines.local.advice import advice
from pipelines.local.data import given_folder
from pipelines.local.settings import parse, resolve_settings


def main(arguments: Sequence[str]) -> int:
    """Refuse in one line what a run would refuse; returns the exit status.

    Args:
        arguments: of the run's command line.
    """

    def look() -> None:
        settings, _, runner = parse(arguments)
        stages = resolve_settings(settings)
        # Images bring it along.
        if runner == "subprocess":
            require_mpi(rank_count())
        if folder := given_folder(settings.data):
            require_structure(folder)
            _require_fit(stages, folder)
        else:
            require_fit(stages, PER_CLASS[0] * len(CATEGORIES), len(CATEGORIES))
        for line in advice(settings, runner):
            print(f"note: {line}", file=sys.stderr)

    return exit_status(look)


def _require_fit(stages: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Refuse settings that the data set cannot meet.

    Args:
        stages: settings of every stage, by its key.
        folder: of the set; its structure is good.
    """
    images, classes = size_by_names(folder)
    try:
        require_fit(stages, images, classes)
    except ConfigError:
        if classes:
            raise
        # Copies are in one split, and may be many. So few photographs are read in no time.
        require_fit(stages, len(read_layout(folder).splits["train"]), classes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
