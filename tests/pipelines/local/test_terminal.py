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


def test_a_terminal_gets_bars_of_what_runs_and_lines_of_what_has_ended() -> None:
    output = StringIO()
    console = Console(
        file=output, force_terminal=True, width=80, height=10, color_system=None, _environ={}
    )
    with open_display(console) as display:
        for number in range(1, 31):
            display.begin(f"{number}/43 stage")
            display.end(f"{number}/43 stage", "failed" if number == 30 else "3.2 s")
        display.begin("31/43 choose-checkpoint-round-1")
        display.begin("32/43 pretrain")
        display.update(
            label="32/43 pretrain",
            done=4000,
            total=10080,
            detail="307.0 images/s, 0:00:24 left, epoch 1",
        )
    # What the terminal shows: a line is overwritten by the next one behind a carriage return.
    lines = [line.rpartition("\x1b[2K")[2].rstrip() for line in output.getvalue().splitlines()]
    for number in range(1, 30):
        assert f"{number}/43 stage".ljust(31) + " 3.2 s" in lines
    assert "30/43 stage".ljust(31) + " failed" in lines
    bars = [line for line in lines if "/43 " in line and "stage" not in line][-2:]
    assert all(len(line) <= 80 for line in bars)
    assert bars[0].startswith("31/43 choose-checkpoint-round-1 ━━━━━━━")
    assert bars[1].startswith("32/43 pretrain".ljust(32) + "━━")
    assert bars[1].endswith(" 4000/10080, 307.0 images/s, 0:00:24 left")
