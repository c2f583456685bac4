"""Starts `pass-ops`, or a module as `python -m` does, so that Ctrl-C ends it in one line from the
first moment on: `python -m pass_ops.start pipelines.local.run ARGUMENTS`.

What a command imports takes a second or two, in which a KeyboardInterrupt would print a traceback.
Nothing but the standard library is imported here.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _interrupted_in_one_line() -> Iterator[None]:
    """Turn Ctrl-C into one line and the exit status 130, as shells have it."""
    try:
        yield
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def pass_ops() -> None:
    """Run the command line."""
    with _interrupted_in_one_line():
        from pass_ops.cli import app

        app()


if __name__ == "__main__":
    with _interrupted_in_one_line():
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
