"""A study on this machine: `python -m pipelines.study.run FILE`, or `make study STUDY=FILE`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from pass_ops.errors import PassError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE
from pass_ops.tracking.mlflow_tracker import MlflowTracker
from pass_ops.versions import commit
from pipelines.local.data import given_folder
from pipelines.local.program import run_to_end
from pipelines.local.settings import Settings, resolve_settings
from pipelines.local.tracked_run import run_tracked
from pipelines.servers.claim import claim
from pipelines.servers.endpoints import open_endpoints
from pipelines.servers.environment import environment_variables
from pipelines.study.figures import figures
from pipelines.study.finished import is_of, results_in
from pipelines.study.parent import open_parent
from pipelines.study.plan import load_plan, trials
from pipelines.study.table import Outcome, as_csv, spreads, study_table

TABLE, CSV = "table.md", "table.csv"


class StudyError(PassError):
    """Some runs of a study have failed."""


def study(
    *, pipeline: Any, file: Path, home: Path, check: Callable[[Settings], object], console: Console
) -> None:
    """Make those runs of a study that are not there yet, and its table.

    Args:
        pipeline: see `run_tracked`.
        file: of the study.
        home: folder of `.pass-ops/` and `runs/`; the table goes to `runs/study-<name>/`.
        check: raises the ConfigError that a run would end with.
        console: to print to.

    Raises:
        PassError: the study is none that can be run, or some runs have failed.
    """
    plan = load_plan(file)
    all_trials = list(trials(plan))
    for trial in all_trials:
        check(trial.settings)
        given_folder(trial.settings.data)
    folder, state = home / "runs" / f"study-{file.stem}", home / ".pass-ops"
    say = partial(console.print, soft_wrap=True, markup=False, highlight=False)
    with _parent(state, file.stem) as parent:
        # Not as parameters, which MLflow never changes: a study that goes on may have grown.
        parent.file(file, "")
    earlier, code = results_in(home / "runs"), commit()
    outcomes, failures = [], []
    for number, trial in enumerate(all_trials, 1):
        settings = trial.settings
        what = f"{number}/{len(all_trials)} {trial.name}, {settings.data}, seed {settings.seed}"
        result = next((one for one in earlier if is_of(one, settings, code)), None)
        say(f"{what}{': finished earlier' if result else ' ...'}")
        if result is None:
            try:
                with environment_variables({"MLFLOW_RUN_ID": parent.run_id}):
                    result = run_tracked(
                        pipeline=pipeline,
                        settings=settings,
                        home=home,
                        cache=True,
                        runner="subprocess",
                        console=console,
                    )
            except PassError as error:
                say(f"{what}: error: {error}")
                failures.append(what)
                continue
        outcomes.append(
            Outcome(
                data=settings.data,
                name=trial.name,
                seed=settings.seed,
                figures=figures(result),
            )
        )
        _write(outcomes, folder)
    if outcomes:
        with _parent(state, file.stem) as parent:
            for name in (TABLE, CSV):
                parent.file(folder / name, "")
            parent.end("FAILED" if failures else "FINISHED")
        say((folder / TABLE).read_text())
        say(f"table {folder / TABLE}, {folder / CSV}")
    if failures:
        raise StudyError(
            f"{len(failures)} of {len(all_trials)} runs failed, the first of them {failures[0]}: "
            "the same command makes those again"
        )


@contextmanager
def _parent(state: Path, name: str) -> Iterator[MlflowTracker]:
    """The study's run, while a server is there: each run of the study has servers of its own.

    Args:
        state: folder of the stores.
        name: of the study.
    """
    with claim(state), open_endpoints(state) as endpoints:
        endpoints.wait_ready()
        yield open_parent(name)


def _write(outcomes: Sequence[Outcome], folder: Path) -> None:
    """Write the table of what there is so far.

    Args:
        outcomes: of the trials.
        folder: of the study.
    """
    rows = list(spreads(outcomes))
    for name, text in ((TABLE, study_table(rows).markdown()), (CSV, as_csv(rows))):
        with atomic_path(folder / name, ANY_FILE) as temporary:
            temporary.write_text(text)


def main(pipeline: Any, arguments: Sequence[str], check: Callable[[Settings], object]) -> int:
    """Run a study as a command line says; returns the exit status.

    Args:
        pipeline, check: see `study`.
        arguments: the file of the study.
    """

    def run() -> None:
        study(
            pipeline=pipeline,
            file=Path(*arguments),
            home=Path(),
            check=check,
            console=Console(file=sys.stdout),
        )

    return run_to_end(run, "the same command goes on from there; the table has what was finished")


if __name__ == "__main__":
    from pipelines.local.package import local_training

    sys.exit(main(local_training(), sys.argv[1:], resolve_settings))
