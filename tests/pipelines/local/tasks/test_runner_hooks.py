"""KFP's local runner with our hooks, on small pipelines: a new KFP must keep what they go by."""

import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from kfp import dsl

from pipelines.local.package import compile_local
from pipelines.local.pipeline import StageFailedError, run_package, stage_names
from pipelines.local.tasks.side_by_side import width
from pipelines.local.tasks.task_log import TaskLog
from tests.pipelines.local.recorder import Recorder

pytestmark = pytest.mark.skipif(width() < 2, reason="there is no room for two tasks at once")


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def meet(*, folder: str, me: str, other: str, seen: dsl.Output[dsl.Artifact]) -> None:
    """Wait until the other is there, too.

    Args:
        folder: to meet in.
        me, other: names of files.
        seen: written when both are there.
    """
    import time
    from pathlib import Path

    Path(folder, me).touch()
    end = time.monotonic() + 120
    while not Path(folder, other).exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{other} is not there")
        time.sleep(0.01)
    Path(seen.path).write_text(me)


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def join(*, first: dsl.Input[dsl.Artifact], second: dsl.Input[dsl.Artifact]) -> str:
    """Put both texts together.

    Args:
        first, second: the texts.
    """
    from pathlib import Path

    return Path(first.path).read_text() + Path(second.path).read_text()


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def fail(*, folder: str) -> None:
    """Fail when the other stage runs.

    Args:
        folder: in which that says so.
    """
    import time
    from pathlib import Path

    while not Path(folder, "a").exists():
        time.sleep(0.01)
    raise ValueError("in vain")


@dsl.pipeline(name="inner")
def inner(folder: str) -> dsl.Artifact:
    """A stage of a pipeline in the pipeline."""
    return meet(folder=folder, me="a", other="b").outputs["seen"]


@dsl.pipeline(name="meeting")
def meeting(folder: str) -> str:
    """Two stages that need each other to run, and one that needs both."""
    first = inner(folder=folder)
    second = meet(folder=folder, me="b", other="a")
    return join(first=first.output, second=second.outputs["seen"]).output


@dsl.pipeline(name="flat")
def flat(folder: str) -> str:
    """The same without a pipeline in the pipeline."""
    first = meet(folder=folder, me="a", other="b")
    second = meet(folder=folder, me="b", other="a")
    return join(first=first.outputs["seen"], second=second.outputs["seen"]).output


@dsl.pipeline(name="failing")
def failing(folder: str) -> None:
    """A stage that waits in vain, and one that fails."""
    inner(folder=folder)
    fail(folder=folder)


def run(pipeline: Any, tmp_path: Path) -> tuple[dict[str, Any], TaskLog]:
    """The outputs of a pipeline, and the log.

    Args:
        pipeline: to run.
        tmp_path: folder for everything.
    """
    package = tmp_path / "run" / "pipeline.yaml"
    package.parent.mkdir()
    compile_local(pipeline, package)
    with TaskLog(tmp_path / "log", Recorder(), stage_names(package)) as log:
        outputs, _ = run_package(
            package=package,
            arguments={"folder": str(tmp_path)},
            state=tmp_path,
            sources=(),
            cache=False,
            log=log,
        )
    return outputs, log


@pytest.mark.parametrize("pipeline", [meeting, flat])
def test_independent_tasks_run_at_the_same_time_in_different_boxes_or_none(
    pipeline: Any, tmp_path: Path
) -> None:
    outputs, log = run(pipeline, tmp_path)
    assert outputs == {"Output": "ab"}
    assert {task.name for task in log.tasks} == {"meet", "meet-2", "join"}
    assert not any(task.cached for task in log.tasks)


def test_a_failure_ends_what_runs_beside_it(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(StageFailedError, match="stage fail failed: ValueError: in vain"):
        run(failing, tmp_path)
    assert time.monotonic() - start < 100
    assert not [child for child in psutil.Process().children() if "kfp" in str(child.cmdline())]
