"""A pipeline on this machine with all that belongs to a run: servers, data, MLflow, its result.

Servers come up, the data set goes to S3, the stages of the compiled pipeline run, and a table
ends it. What a later run or `make ui` needs stays in `.pass-ops/` (stores, cache), what the user
wants in `runs/<time>/`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from components.base import TRAIN_IMAGE
from pass_ops.data.packing.check import require_good
from pass_ops.data.packing.pack import pack
from pass_ops.data.synthetic import DRAWN_SET
from pass_ops.engine.stage import data_cache
from pass_ops.evaluation.report.result import Result
from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.spool.place import PLACE as SPOOL
from pass_ops.tracking.spool.spooled_tracker import SpooledTracker
from pass_ops.tracking.tracker import Tracker
from pipelines.images.placeholders import replace_images
from pipelines.local.container_runner import container_runner, images_for_containers
from pipelines.local.data import SYNTHETIC, find_data, given_folder
from pipelines.local.package import compile_local
from pipelines.local.pipeline import process_runner, run_package, stage_names
from pipelines.local.run_folder import make_run_folder
from pipelines.local.settings import Settings
from pipelines.local.summary import collect, show
from pipelines.local.tasks.forked import ForkServer
from pipelines.local.tasks.started import Start, start_process
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.terminal import open_display
from pipelines.local.threads import threads_chosen
from pipelines.servers.claim import claim
from pipelines.servers.endpoints import DATA_BUCKET, open_endpoints
from pipelines.servers.environment import environment_variables

CLONE = Path(__file__).resolve().parents[2]
# What the stages' outputs depend on, besides their inputs.
SOURCES = (CLONE / "pass_ops", CLONE / "components", CLONE / "requirements.lock")
OPEN_RUNNER = {"subprocess": process_runner, "docker": container_runner}


def run_tracked(
    *, pipeline: Any, settings: Settings, home: Path, cache: bool, runner: str, console: Console
) -> Result:
    """Run a pipeline with its servers, MLflow run, display and result.

    Args:
        pipeline: a function under `dsl.pipeline`. Its parameters are `data_uri` and the fields of
            `settings` other than `data`; its outputs those that `summary.collect` takes.
        settings: what the user chose.
        home: folder of `.pass-ops/` and `runs/`.
        cache: whether stages that finished in an earlier run, with the same inputs and code, are
            not run again.
        runner: subprocess, or docker for containers of the images in `build/images.lock`.
        console: with a file of its own, as `sys.stdout` is diverted to the log while stages run.

    Returns:
        what `result.json` holds.

    Raises:
        PassError: in one line what failed, and what to do.
    """
    start, state = time.monotonic(), home / ".pass-ops"
    images = images_for_containers() if runner == "docker" else {}
    given_folder(settings.data)
    with claim(state) as killed, open_endpoints(state) as endpoints:
        for line in killed:
            console.print(line, soft_wrap=True)
        source = find_data(settings.data, home)
        name = DRAWN_SET if settings.data == SYNTHETIC else source.resolve().name
        folder = make_run_folder(home / "runs")
        addresses = f"S3 at {endpoints.s3_url}, MLflow at {endpoints.mlflow_url}"
        console.print(f"{addresses}, log in {folder}", soft_wrap=True)
        package = folder / "pipeline.yaml"
        compile_local(pipeline, package)
        package.write_text(replace_images(package.read_text(), images))
        with (
            open_display(console) as display,
            TaskLog(folder / "pipeline.log", display, stage_names(package)) as log,
            threads_chosen(settings),
            # It imports while data are looked at and servers start.
            _forks(runner, package) as start_stage,
        ):
            with log.step("check data"):
                require_good(str(source), data_cache(), partial(console.out, highlight=False))
            with log.step("data to S3"):
                pointer = pack(source, f"s3://{DATA_BUCKET}/{name}/{{digest}}")
            with log.step("MLflow"):
                endpoints.wait_ready()
            arguments = asdict(settings) | {"data_uri": pointer.uri}
            del arguments["data"]
            with (
                # The server may have another port the next time: its spools are beside its store.
                environment_variables({SPOOL: str((state / "spool").resolve())}),
                open_run(f"pass-training {folder.name}") as tracker,
                _stages_nested_in(tracker),
            ):
                outputs, stages = run_package(
                    package=package,
                    arguments=arguments,
                    state=state,
                    sources=SOURCES,
                    cache=cache,
                    log=log,
                    open_runner=OPEN_RUNNER[runner],
                    start=start_stage,
                )
                result = collect(
                    outputs=outputs,
                    folder=folder,
                    data=name if settings.data == SYNTHETIC else settings.data,
                    stages=stages,
                )
    store = f"{state}/mlflow, served by make ui" if endpoints.own_mlflow else endpoints.mlflow_url
    seconds = time.monotonic() - start
    show(result=result, seconds=seconds, folder=folder, mlflow=store, console=console)
    return result


@contextmanager
def _forks(runner: str, package: Path) -> Iterator[Start]:
    """What starts the stages: forks, unless they run in containers.

    Args:
        runner: see `run_tracked`.
        package: the compiled pipeline.
    """
    if runner == "docker":
        yield start_process
        return
    with ForkServer(jittor=TRAIN_IMAGE in package.read_text()) as server:
        yield server.start


@contextmanager
def _stages_nested_in(tracker: Tracker) -> Iterator[None]:
    """Let the stages' MLflow runs be nested in that of `tracker`.

    Those whose stage was killed are ended: a killed process cannot do it.
    """
    assert isinstance(tracker, SpooledTracker)  # `open_endpoints` has set MLFLOW_TRACKING_URI.
    with environment_variables({"MLFLOW_RUN_ID": tracker.run_id}):
        try:
            yield
        except BaseException:
            tracker.end_children("KILLED")
            raise
