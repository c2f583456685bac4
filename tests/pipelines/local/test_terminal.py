"""Stages on a terminal and in a file."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from pipelines.local.terminal import Lines, open_display


def test_a_file_gets_plain_lines_and_not_one_for_every_step() -> None:
    output = StringIO()
    with open_display(Console(file=output)) as display:
        display.begin("1/2 pretrain")
        for done in range(100):
            display.update(label="1/2 pretrain", done=done, total=100, detail="9.0 images/s")
        display.end("1/2 pretrain", "3.0 s")
    assert output.getvalue() == "1/2 pretrain ...\n1/2 pretrain: 3.0 s\n"


def test_progress_lines_come_after_their_interval_and_are_not_wrapped() -> None:
    output = StringIO()
    lines = Lines(Console(file=output, width=20), interval=0.0)
    lines.update(
        label="1/2 [pretrain]",
        done=40,
        total=100,
        detail="9.0 images/s, 0:00:06 left, epoch 3/10 loss 4.21",
    )
    assert (
        output.getvalue()
        == "1/2 [pretrain]: 40/100 images, 9.0 images/s, 0:00:06 left, epoch 3/10 loss 4.21\n"
    )


def test_a_terminal_gets_bars() -> None:
    output = StringIO()
    with open_display(Console(file=output, force_terminal=True, width=120)) as display:
        display.begin("1/2 pretrain")
        display.update(label="1/2 pretrain", done=40, total=100, detail="9.0 images/s")
        display.begin("2/2 predict")
        display.end("2/2 predict", "failed")
    last = output.getvalue().rpartition("1/2 pretrain")[2]
    assert "━" in last
    assert "40/100 images, 9.0 images/s" in last
    assert "failed" in last
