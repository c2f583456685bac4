"""What is read off the lines of KFP's local runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.engine.progress import Progress
from pipelines.local.stage_metrics import ExecutedTask
from pipelines.local.task_log import TaskLog
from tests.pipelines.local.recorder import Recorder

NAMES = {"resolve-config": "resolve-config", "predict-2": "predict-test"}


@pytest.fixture
def recorder() -> Recorder:
    """What the log tells."""
    return Recorder()


@pytest.fixture
def log(tmp_path: Path, recorder: Recorder) -> TaskLog:
    """A log of two stages."""
    return TaskLog(tmp_path / "pipeline.log", recorder, NAMES)


def started(task: str) -> str:
    """What the runner prints when a task starts."""
    return (
        f"17:35:49.063 - INFO - Executing task \x1b[96m'{task}'\x1b[0m\n"
        "17:35:49.063 - INFO - Streamed logs:\n\n"
    )


def ended(task: str, status: str, level: str = "INFO") -> str:
    """What the runner prints when a task ends.

    Args:
        task: the runner's name of it.
        status: SUCCESS or FAILURE.
        level: of the runner's logging.
    """
    return (
        f"17:35:50.2 - {level} - Task \x1b[96m'{task}'\x1b[0m finished with status "
        f"\x1b[92m{status}\x1b[0m\n"
    )


def test_a_stage_is_shown_by_its_display_name_with_its_progress(
    log: TaskLog, recorder: Recorder
) -> None:
    line = Progress("predict_test", 40).line(2.0)
    log.write(started("predict-2"))
    log.write(f"    {line.replace('0/40', '10/40')} | epoch 1/2\n")
    log.write(ended("predict-2", "SUCCESS"))
    assert recorder.calls[0] == ("begin", "1/2 predict-test")
    assert recorder.calls[1][:4] == ("update", "1/2 predict-test", 10, 40)
    assert str(recorder.calls[1][4]).endswith("left, epoch 1/2")
    assert "images/s" in str(recorder.calls[1][4])
    assert recorder.calls[2][:2] == ("end", "1/2 predict-test")
    assert log.failure is None


def test_work_of_another_name_within_a_stage_is_named(log: TaskLog, recorder: Recorder) -> None:
    log.write(started("resolve-config"))
    log.write("    progress | k-means | 1/2 images | 5.0 images/s | 0:00:01 left\n")
    assert recorder.calls[-1] == (
        "update",
        "1/2 resolve-config",
        1,
        2,
        "5.0 images/s, 0:00:01 left, k-means",
    )


def test_a_cached_stage_is_noted_under_its_display_name(log: TaskLog, recorder: Recorder) -> None:
    log.write("Task predict-2 cache hit (key=0123456789ab); skipping execution.\n")
    assert log.tasks == [ExecutedTask("predict-2", "0123456789ab")]
    assert recorder.calls == [("begin", "1/2 predict-test"), ("end", "1/2 predict-test", "cached")]


def test_the_first_failed_stage_is_kept_with_its_error(log: TaskLog, recorder: Recorder) -> None:
    log.write(started("resolve-config"))
    log.write("    [KFP Executor INFO]: Looking\n    Traceback (most recent call last):\n")
    log.write("    error: pretrain.epochs: -1 is not above 0\n    \n\n")
    log.write(ended("resolve-config", "FAILURE", "ERROR"))
    log.write(started("predict-2") + ended("predict-2", "FAILURE", "ERROR"))
    assert log.failure is not None
    assert (log.failure.stage, log.failure.cause) == (
        "resolve-config",
        "error: pretrain.epochs: -1 is not above 0",
    )
    assert recorder.calls[1] == ("end", "1/2 resolve-config", "failed")


def test_lines_may_come_in_pieces_and_all_go_to_the_file_without_colours(
    log: TaskLog, tmp_path: Path
) -> None:
    text = started("predict-2") + "    " + "some output\n"
    for character in text:
        log.write(character)
    assert (tmp_path / "pipeline.log").read_text() == text.replace("\x1b[96m", "").replace(
        "\x1b[0m", ""
    )


def test_a_step_of_the_run_itself_is_shown_with_what_it_prints(
    log: TaskLog, recorder: Recorder
) -> None:
    with log.step("data to S3"):
        print("progress | pack data | 3/9 images | 5.0 images/s | 0:00:01 left")
    with pytest.raises(KeyError), log.step("MLflow"):
        raise KeyError
    assert recorder.calls[1] == (
        "update",
        "data to S3",
        3,
        9,
        "5.0 images/s, 0:00:01 left, pack data",
    )
    assert recorder.calls[-1] == ("end", "MLflow", "failed")
