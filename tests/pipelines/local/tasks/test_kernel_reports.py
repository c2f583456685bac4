"""Compiling kernels, as the run sees it from outside of the stage."""

from __future__ import annotations

import time
from pathlib import Path

from pipelines.local.tasks.kernel_reports import kernels_reported
from pipelines.local.tasks.task_log import TaskLog
from tests.pipelines.local.recorder import Recorder


def test_a_stage_that_tells_its_progress_is_not_said_to_compile(tmp_path: Path) -> None:
    folder = tmp_path / ".cache/jittor/jt1/g++12/py3.11/Linux/cpu/7b6b/default/jit"
    folder.mkdir(parents=True)
    recorder = Recorder()
    log = TaskLog(tmp_path / "log", recorder, {})
    with kernels_reported(log, tmp_path, interval=1), log.step("pretrain"):
        (folder / "of_another_stage_op.so").write_text("")
        for _ in range(60):
            print("progress")
            time.sleep(0.02)
    assert [call[0] for call in recorder.calls] == ["begin", "end"]


def test_kernels_that_appear_are_counted_since_the_stage_began(tmp_path: Path) -> None:
    folder = tmp_path / ".cache/jittor/jt1/g++12/py3.11/Linux/cpu/7b6b/default/jit"
    folder.mkdir(parents=True)
    (folder / "earlier_op.so").write_text("")
    recorder = Recorder()
    log = TaskLog(tmp_path / "log", recorder, {})
    with kernels_reported(log, tmp_path, interval=0.02), log.step("pretrain"):
        # A look at what is not silent for so long yet would not count a kernel, nor would the next.
        while not log.silent(0.02):
            time.sleep(0.005)
        for name in ("matmul", "relu"):
            (folder / f"{name}_op.cc").write_text("")
            (folder / f"{name}_op.so").write_text("")
            count = len(recorder.calls)
            while len(recorder.calls) == count:
                time.sleep(0.005)
    notes = [call for call in recorder.calls if call[0] == "note"]
    assert notes == [
        ("note", "pretrain", "compiling kernels, 1 so far"),
        ("note", "pretrain", "compiling kernels, 2 so far"),
    ]
