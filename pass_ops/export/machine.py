"""The machine that computed, in words."""

from __future__ import annotations

import platform
import re
from pathlib import Path

from pass_ops.engine.cores import usable_cores

_PROCESSORS = Path("/proc/cpuinfo")


def machine(processors: Path = _PROCESSORS) -> str:
    """Processor of this machine and the cores that this process may use: "Xeon, 2 cores".

    Args:
        processors: Linux's file about them.
    """
    text = processors.read_text() if processors.is_file() else ""
    name = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return f"{name[1] if name else platform.machine()}, {usable_cores()} cores"
