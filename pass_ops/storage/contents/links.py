"""A second place for a file that is written once, without its bytes where the file system can."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, or copy it where that cannot be, as on another file system.

    Args:
        source: the file, which nobody changes in place.
        target: what is made.

    Raises:
        OSError: it cannot be copied either, or `target` is there and cannot be written to.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
