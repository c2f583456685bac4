"""Kernels that an image brings along, at hand on every node.

Jittor 1.3.11 files compiled code under the names of host and processor, so that each new pod would
compile for minutes. An image is built, and run, with PASS_KERNEL_SEED set: the folder that holds
what was compiled when the image was built, for any processor that `cc_flags` in `engine.jittor`
names.
"""

from __future__ import annotations

import builtins
import io
import os
import platform
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

SEED = "PASS_KERNEL_SEED"
# Where Jittor keeps what it compiles, below JITTOR_HOME.
CACHE = ".cache"


@contextmanager
def kernels_of_image() -> Iterator[None]:
    """Import Jittor inside this block: it then finds the image's kernels in JITTOR_HOME.

    Does nothing outside an image. JITTOR_HOME must have the path that it had when the image was
    built: compiled code holds it.
    """
    seed = os.environ.get(SEED)
    if not seed:
        yield
        return
    # It takes a tenth of Jittor's own import, which outside of images is all for nothing.
    from unittest.mock import patch

    plant(Path(seed), Path(os.environ["JITTOR_HOME"]))
    with ExitStack() as stack:
        for name in ("node", "platform", "processor"):
            stack.enter_context(patch.object(platform, name, lambda *_, **__: "any"))
        # On Linux the processor's name comes from there.
        stack.enter_context(patch.object(builtins, "open", _without_cpuinfo))
        # Kernels are known by the command that compiles them, which names the interpreter: python
        # and python3 would not do.
        stack.enter_context(
            patch.object(sys, "executable", str(Path(sys.prefix, "bin", "python3")))
        )
        yield


def plant(seed: Path, home: Path) -> None:
    """Copy the kernels that an image brings along, unless there are some already.

    Args:
        seed: folder of the image.
        home: JITTOR_HOME, a volume: it may be new, or shared by pods that start at once.
    """
    if (home / CACHE).exists() or not (seed / CACHE).exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    partial = home / f".partial-{uuid.uuid4().hex[:12]}"
    try:
        shutil.copytree(seed / CACHE, partial, symlinks=True)
        os.rename(partial, home / CACHE)
    except OSError:
        # Another pod was faster.
        if not (home / CACHE).exists():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _without_cpuinfo(file: Any, *arguments: Any, **options: Any) -> Any:
    """The built-in `open`, but for the file that names the processor."""
    if file == "/proc/cpuinfo":
        raise FileNotFoundError(file)
    return io.open(file, *arguments, **options)  # noqa: UP020  The built-in one is replaced.
