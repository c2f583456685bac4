"""Compile the kernels of a profile ahead of time: `python -m pipelines.local.warm --help`.

Every stage runs once on a small synthetic set, in small batches: kernels depend on layers, not on
sizes. Images run this when they are built; on a GPU node it fills the volume of kernels: no image
can bring those along.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pass_ops.config.resolve import resolve
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.program import run_program
from pipelines.local.package import compile_local, local_training
from pipelines.local.pipeline import run_package, stage_names
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.terminal import open_display

# As little as compiles everything.
LEAST = {"epochs": 2, "checkpoint_every": 1, "ensemble_epochs": 1, "batch_size": 8, "workers": 1}
# Of each class in train, validation and test: after all selections, a batch is left.
IMAGES = (8, 2, 2)
SEED, COMPAT = 31, "fixed"


def least_work(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Overrides that make every stage as short as it can be, given the `settings` of each."""
    overrides = {
        stage: {name: value for name, value in LEAST.items() if name in values}
        for stage, values in settings.items()
    }
    return {stage: values for stage, values in overrides.items() if values}


def warm(profile: str, console: Console) -> None:
    """Run every stage once, with nothing kept but Jittor's kernels.

    Args:
        profile: whose networks are compiled.
        console: shows the stages.

    Raises:
        PassError: a stage failed, or there is no such profile.
    """
    with tempfile.TemporaryDirectory(prefix="pass-ops-warm-") as scratch:
        folder = Path(scratch) / "run"
        folder.mkdir()
        write_synthetic(folder / "data", per_class=IMAGES)
        package = folder / "pipeline.yaml"
        compile_local(local_training(), package)
        settings = resolve(profile=profile, overrides={}, seed=SEED, compat=COMPAT)
        arguments = {
            "data_uri": str(folder / "data"),
            "profile": profile,
            "overrides": least_work(settings),
            "seed": SEED,
            "compat": COMPAT,
        }
        with (
            open_display(console) as display,
            TaskLog(folder / "log", display, stage_names(package)) as log,
        ):
            try:
                run_package(
                    package=package,
                    arguments=arguments,
                    state=Path(scratch),
                    sources=(),
                    cache=False,
                    log=log,
                )
            except BaseException:
                print(log.path.read_text()[-5000:], file=sys.stderr)
                raise


def main(
    *, profile: Annotated[str, typer.Option(help="Settings of all stages.")] = "smoke"
) -> None:
    """Compile the kernels of a profile."""
    start = time.monotonic()
    warm(profile, Console(file=sys.stdout))
    print(f"kernels are compiled, in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    sys.exit(run_program(main, sys.argv[1:], "python -m pipelines.local.warm"))
