"""What `make run` is given, looked at before Jittor compiles for minutes: `python -m
pipelines.local.look`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pass_ops.data.layout import require_structure
from pass_ops.engine.ranks.count import rank_count, require_mpi
from pass_ops.program import exit_status
from pipelines.local.data import given_folder
from pipelines.local.settings import parse, resolve_settings


def main(arguments: Sequence[str]) -> int:
    """Refuse in one line what a run would refuse; returns the exit status.

    Args:
        arguments: of the run's command line.
    """

    def look() -> None:
        settings, _, runner = parse(arguments)
        resolve_settings(settings)
        # Images bring it along.
        if runner == "subprocess":
            require_mpi(rank_count())
        if folder := given_folder(settings.data):
            require_structure(folder)

    return exit_status(look)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
