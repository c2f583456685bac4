"""Progress lines."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from pass_ops.engine.loading.data_wait import INFERENCE
from pass_ops.engine.progress import Progress, track


class Clock:
    """Stands still unless it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_line_by_hand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    progress = Progress("pretrain", 5540)
    clock.now += 10
    progress.advance(1200, "epoch 3/10 loss 4.21")
    assert capsys.readouterr().out == (
        "progress | pretrain | 1200/5540 images | 120.0 images/s | 0:00:36 left | "
        "epoch 3/10 loss 4.21\n"
    )


def test_the_line_of_an_instant_is_finite(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("time.monotonic", Clock())
    Progress("a", 10).advance(0)
    assert "0/10 images | 0.0 images/s" in capsys.readouterr().out


def test_the_rate_is_that_of_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    progress = Progress("pretrain", 1000)
    rates = []
    for seconds, images in ((300, 1), (10, 99), (50, 500), (10, 20)):
        clock.now += seconds
        progress.done += images
        rates.append(progress.rate(clock.now))
    assert rates == pytest.approx([1 / 300, 100 / 310, 599 / 60, 520 / 60])


def test_a_line_after_a_silent_minute_has_the_rate_since_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    progress = Progress("pretrain", 1000)
    for _ in range(3):
        clock.now += 100
        progress.done += 50
        assert progress.rate(clock.now) == pytest.approx(0.5)


def test_lines_are_rare_but_the_last_one_is_always_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress("a", 1000, interval=60)
    for _ in range(1000):
        progress.advance(1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 2
    assert "1000/1000 images" in lines[-1]


def test_a_note_stays_until_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("a", 3, interval=0)
    progress.advance(1, "epoch 1")
    progress.advance(1)
    progress.advance(1, "epoch 2")
    notes = [line.rsplit(" | ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert notes == ["epoch 1", "epoch 1", "epoch 2"]


def test_what_waited_for_kernels_is_called_so_and_not_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress("pretrain", 1000, interval=0)
    # A child that computes, as a compiler does.
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", busy], check=True)
    progress.advance(10, "epoch 1")
    progress.advance(10)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "progress | pretrain | 10/1000 images | compiling kernels | epoch 1"
    # With the seconds of the child it would be less.
    rate = float(second.split(" | ")[3].removesuffix(" images/s"))
    assert second.startswith("progress | pretrain | 20/1000 images | ")
    assert rate > 20 / 0.3


def test_images_of_before_are_not_counted_in_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    progress = Progress("pretrain", 1000)
    progress.start_at(500)
    clock.now += 10
    progress.done += 20
    assert progress.rate(clock.now) == pytest.approx(2)


def test_tracked_items_pass_unchanged(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track("abc", "a", 3)) == ["a", "b", "c"]
    assert "3/3 images" in capsys.readouterr().out


def test_lines_of_inference_say_how_long_its_images_were_waited_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    list(INFERENCE.over([0]))
    progress = Progress("predict", 2, interval=0)
    progress.advance(1)
    for _ in INFERENCE.over([0]):
        progress.advance(1)
    before, during = (line.split(" | ") for line in capsys.readouterr().out.splitlines())
    assert not any(detail.startswith("data wait") for detail in before)
    assert re.fullmatch(r"data wait \d+%", during[-1])
