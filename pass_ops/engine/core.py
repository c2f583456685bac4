"""Compiles Jittor's core, which takes minutes the first time: `make core`."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from pass_ops.engine.kernels.home import core_is_compiled, kernel_home
from pass_ops.engine.stage import one_line_errors

INTERVAL = 10.0
"""Seconds between two lines."""


@contextmanager
def progress_told(home: Path) -> Iterator[None]:
    """Print how far the core is, from time to time, unless it is there already.

    Args:
        home: the folder of kernels.
    """
    if core_is_compiled(home):
        yield
        return
    over = Event()
    # What the block prints to standard output itself is none of its user's business.
    output = os.dup(sys.stdout.fileno())
    os.write(output, b"compiling Jittor's core, once, for some minutes ...\n")
    thread = Thread(target=_tell, args=(over, output, home), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        os.close(output)


def _tell(over: Event, output: int, home: Path) -> None:
    """Print lines until it is `over`.

    Args:
        over: is set at the end.
        output: file descriptor to print to.
        home: the folder of kernels.
    """
    spec = importlib.util.find_spec("jittor")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (package,) = spec.submodule_search_locations
    sources = sum(1 for _ in Path(package, "src").rglob("*.cc"))
    while not over.wait(INTERVAL):
        counts = [sum(1 for _ in home.rglob(pattern)) for pattern in ("gen/*.cc", "obj_files/*.o")]
        total = sources + counts[0]
        line = f"compiling Jittor's core: {min(counts[1], total)}/{total} files\n"
        os.write(output, line.encode())


if __name__ == "__main__":
    with one_line_errors(), progress_told(kernel_home(os.environ)):
        import pass_ops.engine.jittor  # noqa: F401
