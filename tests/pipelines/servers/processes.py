"""Looking for what a server has left behind."""

from __future__ import annotations

from pathlib import Path

import psutil


def processes_about(path: Path) -> list[psutil.Process]:
    """Live processes with `path` on their command line."""
    processes = []
    for process in psutil.process_iter(["cmdline", "status"]):
        mentioned = any(str(path) in part for part in process.info["cmdline"] or ())
        if mentioned and process.info["status"] != psutil.STATUS_ZOMBIE:
            processes.append(process)
    return processes
