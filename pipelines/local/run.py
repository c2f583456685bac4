"""The whole training pipeline on this machine: `python -m pipelines.local.run`, or `make run`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from pass_ops.errors import PassError
from pass_ops.storage.disk_space import space_needed
from pass_ops.storage.opening import files_named
from pipelines.local.settings import Settings, parse, resolve_settings
from pipelines.local.tracked_run import run_tracked
from pipelines.servers.signals import sigterm_as_exit


def main(pipeline: Any, arguments: Sequence[str], check: Callable[[Settings], object]) -> int:
    """Run a pipeline as a command line says; returns the exit status.

    Args:
        pipeline: see `run_tracked`.
        arguments: of the command line.
        check: raises the ConfigError that the pipeline would end with, before anything is started
            or written.
    """
    try:
        with sigterm_as_exit(), files_named(), space_needed(Path.cwd()):
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
    except PassError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print(
            "interrupted: the stage and the servers are stopped; finished stages are in the cache: "
            "the same command goes on from there",
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    from pipelines.training import training_pipeline

    sys.exit(main(training_pipeline, sys.argv[1:], resolve_settings))
