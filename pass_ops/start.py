"""Starts `pass-ops`, or a module as `python -m` does, so that Ctrl-C ends it in one line from the
first moment on: `python -m pass_ops.start pipelines.local.run ARGUMENTS`.

What a command imports takes a second or two, in which a KeyboardInterrupt would print a traceback,
and in the import of NumPy and OpenCV become another error. Nothing but the standard library is
imported here.
"""

from __future__ import annotations

import runpy
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def _interrupted_in_one_line() -> Iterator[None]:
    """Turn whatever error Ctrl-C becomes into one line and the exit status 130, as shells have it.

    make starts Python with the signal blocked, as the interpreter's own start would print a
    traceback too: one that has come since then arrives now.
    """
    came = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.default_int_handler(number, frame)

    try:
        # Not where it is ignored, as by nohup.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, interrupt)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        yield
    except (KeyboardInterrupt, Exception):
        if not came:
            raise
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
