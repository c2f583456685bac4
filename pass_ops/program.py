"""Programs of one command, by Typer: `sys.exit(run_program(command, sys.argv[1:], NAME))`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from pass_ops.errors import ConfigError, PassError

# Of which Typer exports only this kind; where it lies has changed with its versions.
UsageError: Any = typer.BadParameter.__base__


@contextmanager
def usage_in_one_line() -> Iterator[None]:
    """Turn wrong usage, of which Typer prints four lines, into a `ConfigError`."""
    try:
        yield
    except UsageError as error:
        # A group without a command raises its help.
        if error.ctx is not None and error.message == error.ctx.get_help():
            raise
        message = " ".join(error.format_message().split()).rstrip(".")
        command = f"{error.ctx.command_path} " if error.ctx is not None else ""
        raise ConfigError(f"{message}; see {command}--help") from error


def call_with(command: Callable[..., Any], arguments: Sequence[str], name: str) -> Any:
    """Call a function with what a command line says.

    Args:
        command: its parameters are the options, as Typer has it.
        arguments: of the command line.
        name: of the program, as its help has it.

    Returns:
        what the function returns.

    Raises:
        ConfigError: the command line is wrong.
        SystemExit: after `--help`.
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(command)
    parser = typer.main.get_command(app)
    try:
        with usage_in_one_line(), parser.make_context(name, list(arguments)) as context:
            return parser.invoke(context)
    except typer.Exit as end:
        sys.exit(end.exit_code)


def run_program(command: Callable[..., object], arguments: Sequence[str], name: str) -> int:
    """Call a function with what a command line says, errors of the user in one line.

    Args:
        command, arguments, name: as for `call_with`.

    Returns:
        the exit status.
    """
    return exit_status(lambda: call_with(command, arguments, name))


def exit_status(work: Callable[[], object]) -> int:
    """Do what a program is for, errors of the user in one line; returns the exit status.

    Args:
        work: what it is for.
    """
    try:
        work()
    except PassError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    return 0
