"""The whole training pipeline on this machine: `python -m pipelines.local.run`, or `make run`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.local.program import run_to_end
from pipelines.local.settings import Settings, parse, resolve_settings
from pipelines.local.tracked_run import run_tracked


def main(pipeline: Any, arguments: Sequence[str], check: Callable[[Settings], object]) -> int:
    """Run a pipeline as a command line says; returns the exit status.

    Args:
        pipeline: see `run_tracked`.
        arguments: of the command line.
        check: raises the ConfigError that the pipeline would end with, before anything is started
            or written.
    """

    def run() -> None:
        settings, cache, runner = parse(arguments)
        check(settings)
        run_tracked(
            pipeline=pipeline,
            settings=settings,
            home=Path(),
            cache=cache,
            runner=runner,
            console=Console(file=sys.stdout),
        )

    return run_to_end(
        run,
        "the stage and the servers are stopped; finished stages are in the cache: the same command "
        "goes on from there",
    )


if __name__ == "__main__":
    from pipelines.local.package import local_training

    sys.exit(main(local_training(), sys.argv[1:], resolve_settings))
