"""The machine that computed, in words."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

_PROCESSORS = Path("/proc/cpuinfo")


def machine(processors: Path = _PROCESSORS) -> str:
    """Processor and cores of this machine: "Xeon, 2 cores".

    Args:
        processors: Linux's file about them.
    """
    text = processors.read_text() if processors.is_file() else ""
    name = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return f"{name[1] if name else platform.machine()}, {os.cpu_count()} cores"
