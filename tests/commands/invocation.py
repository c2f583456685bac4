"""The command line, as a test calls it."""

from __future__ import annotations

from typer.testing import CliRunner

from pass_ops.cli import app

SMOKE = ("--profile", "smoke")


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr
