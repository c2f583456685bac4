"""Programs of one command: what they are called with, and how they end."""

from __future__ import annotations

from typing import Annotated

import pytest
import typer

from pass_ops.errors import StorageError
from pass_ops.program import call_with, run_program


def add(one: int, *, other: int = 1, fail: Annotated[bool, typer.Option("--fail")] = False) -> int:
    """Add two numbers."""
    if fail:
        raise StorageError("no room; delete something")
    return one + other


def test_a_function_is_called_with_what_the_command_line_says() -> None:
    assert call_with(add, ["5"], "add") == 6
    assert call_with(add, ["--other", "2", "5"], "add") == 7


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        ("5", 0, ""),
        ("5 --fail", 1, "error: no room; delete something\n"),
        ("5 --othr 2", 2, "error: No such option: --othr (Possible options: --other); see add"),
        ("five", 2, "error: Invalid value for 'one': "),
        ("", 2, "error: Missing argument 'one'; see add --help\n"),
    ],
)
def test_every_error_is_one_line(
    arguments: str, status: int, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(add, arguments.split(), "add") == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(error)
    assert output.err.count("\n") == (status != 0)


def test_help_is_printed_and_nothing_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        run_program(add, ["--help", "5", "--fail"], "add")
    assert "Add two numbers." in capsys.readouterr().out
