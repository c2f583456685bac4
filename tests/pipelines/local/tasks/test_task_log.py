"""What is kept and shown of what stages print."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from pathlib import Path
from threading import Thread

import pytest

from pass_ops.engine.events import EVENTS, tell
from pass_ops.engine.progress import Progress
from pipelines.local.tasks.stage_metrics import ExecutedTask
from pipelines.local.tasks.task_log import TaskLog
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


def event(stage: str, done: int, total: int, detail: str = "5.0 images/s") -> str:
    """A line of progress, as a stage prints it for the log.

    Args:
        stage, done, total, detail: of the progress.
    """
    fields = {"stage": stage, "done": done, "total": total, "detail": detail}
    return f"\x1e{json.dumps({'text': f'progress | {stage}', **fields})}\n"


def ended(task: str, *, cached: bool = False) -> ExecutedTask:
    """A task that measures nothing."""
    return ExecutedTask(name=task, metrics=None, cached=cached)


def test_a_stage_is_shown_by_its_display_name_with_its_progress(
    log: TaskLog, recorder: Recorder
) -> None:
    log.begin("predict-2", computes=True)
    log.write(event("predict_test", 10, 40, "2.0 images/s, epoch 1/2"))
    log.end(ended("predict-2"))
    assert recorder.calls[:2] == [
        ("begin", "1/2 predict-test"),
        ("update", "1/2 predict-test", 10, 40, "2.0 images/s, epoch 1/2"),
    ]
    assert recorder.calls[2][:2] == ("end", "1/2 predict-test")
    assert (log.failure, log.tasks) == (None, [ended("predict-2")])


def test_work_of_another_name_within_a_stage_is_named(log: TaskLog, recorder: Recorder) -> None:
    log.begin("resolve-config", computes=False)
    log.write(event("k-means", 1, 2))
    assert recorder.calls[-1] == (
        "update",
        "1/2 resolve-config",
        1,
        2,
        "5.0 images/s, k-means",
    )


def test_where_a_stage_goes_on_is_said(
    log: TaskLog, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EVENTS, "1")
    line = "predict_test | goes on after 256 of 300 images, from /place"
    log.begin("predict-2", computes=True)
    with redirect_stdout(log):
        tell(line, stage="predict_test")
    assert recorder.calls[1:] == [("say", line)]


def test_a_cached_stage_is_noted_under_its_display_name(log: TaskLog, recorder: Recorder) -> None:
    log.begin("predict-2", computes=True)
    log.end(ended("predict-2", cached=True))
    assert recorder.calls == [("begin", "1/2 predict-test"), ("end", "1/2 predict-test", "cached")]


def test_the_first_failed_stage_is_kept_with_its_error(log: TaskLog, recorder: Recorder) -> None:
    log.begin("resolve-config", computes=False)
    log.write("[KFP Executor INFO]: Looking\nTraceback (most recent call last):\n")
    log.write("error: pretrain.epochs: -1 is not above 0\n\n\n")
    log.end(None)
    log.begin("predict-2", computes=True)
    log.end(None)
    assert log.failure is not None
    assert (log.failure.stage, log.failure.cause) == (
        "resolve-config",
        "error: pretrain.epochs: -1 is not above 0",
    )
    outcomes = [call[1:] for call in recorder.calls if call[0] == "end"]
    assert outcomes == [("1/2 resolve-config", "failed"), ("2/2 predict-test", "stopped")]
    assert log.tasks == []


def test_stages_at_the_same_time_are_told_apart(
    log: TaskLog, recorder: Recorder, tmp_path: Path
) -> None:
    log.begin("resolve-config", computes=False)
    log.write("half a li")

    def other() -> None:
        log.begin("predict-2", computes=True)
        log.write("whole line\n")
        log.write(event("predict_test", 1, 2))
        log.end(ended("predict-2"))

    thread = Thread(target=other)
    thread.start()
    thread.join()
    assert log.computing == []
    log.write("ne\n")
    log.end(ended("resolve-config"))
    assert (tmp_path / "pipeline.log").read_text().splitlines() == [
        "predict-test | whole line",
        "predict-test | progress | predict_test",
        "resolve-config | half a line",
    ]
    assert log.tasks == [ended("resolve-config"), ended("predict-2")]
    assert ("update", "2/2 predict-test", 1, 2, "5.0 images/s") in recorder.calls


def test_lines_may_come_in_pieces_and_all_go_to_the_file_without_colours(
    log: TaskLog, tmp_path: Path
) -> None:
    for character in "Running \x1b[96m'pass-training'\x1b[0m\n    some output\n":
        log.write(character)
    text = "Running 'pass-training'\n    some output\n"
    assert (tmp_path / "pipeline.log").read_text() == text


def test_a_step_of_the_run_itself_is_shown_with_what_it_prints(
    log: TaskLog, recorder: Recorder
) -> None:
    with log.step("data to S3"):
        Progress("pack data", 9, interval=0).advance(3)
    with pytest.raises(KeyError), log.step("MLflow"):
        raise KeyError
    assert recorder.calls[1][:4] == ("update", "data to S3", 3, 9)
    assert str(recorder.calls[1][4]).endswith("left, pack data")
    assert recorder.calls[-1] == ("end", "MLflow", "failed")
