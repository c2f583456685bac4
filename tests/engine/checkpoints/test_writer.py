"""The thread that writes checkpoints."""

from __future__ import annotations

import threading
from threading import Event

import pytest

from pass_ops.engine.checkpoints.writer import Writer
from pass_ops.errors import StorageError


def test_nobody_waits_for_a_job_and_the_last_of_those_that_wait_is_done() -> None:
    writer, begun, go, done = Writer("pretrain"), Event(), Event(), list[int]()

    def slow() -> None:
        begun.set()
        go.wait()
        done.append(0)

    assert writer.idle
    writer.put(slow)
    begun.wait()
    for number in (1, 2, 3):
        writer.put(lambda number=number: done.append(number))
    assert not writer.idle
    assert not writer.finish(0.01)
    assert done == []
    go.set()
    assert writer.finish(60)
    assert done == [0, 3]
    assert writer.idle


def test_a_server_that_fails_is_told_and_the_next_job_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    writer, done = Writer("pretrain"), list[int]()

    def fail() -> None:
        raise StorageError("s3://a/b: denied")

    writer.put(fail)
    assert writer.finish(60)
    writer.put(lambda: done.append(1))
    assert writer.finish(60)
    assert done == [1]
    told = "pretrain | no checkpoint was kept: s3://a/b: denied; work goes on\n"
    assert capsys.readouterr().out == told


def test_a_writer_that_is_given_nothing_starts_no_thread() -> None:
    before = threading.active_count()
    writer = Writer("pretrain")
    assert writer.finish(None)
    assert threading.active_count() == before
    for _ in range(2):
        writer.put(lambda: None)
        assert writer.finish(60)
    assert threading.active_count() == before + 1
