"""Who uses a folder of stores now, and what those have left behind who were killed.

Each make run and make ui has a file in `claims/` of the folder, locked as long as it lives, and
hands the path of that file to all processes that it starts. A watchdog ends these when it is
killed; where that was killed too, whoever comes next does.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from pipelines.servers.environment import environment_variables
from pipelines.servers.identity import start_ticks, start_time

VARIABLE = "PASS_OPS_CLAIM"
"""Environment variable by which processes are known as a claim's: the path of its file."""

PATIENCE = 25.0
"""Seconds that a process may take to end: a training saves a checkpoint first."""

_CLONE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a claim's file says.

    Attributes:
        owner: id of the process that holds it.
        since: when that was started.
        session: id of its session, in which the stages run, but no servers.
    """

    owner: int
    since: str
    session: int


@contextmanager
def claim(state: Path) -> Iterator[list[str]]:
    """Use `state` together with others, but not with make clean, while the block lasts.

    Args:
        state: folder of the stores, `.pass-ops`.

    Yields:
        a line on each earlier claim whose owner was killed; what it left behind is ended.
    """
    folder = state.resolve() / "claims"
    folder.mkdir(parents=True, exist_ok=True)
    killed = list(_end_killed(folder))
    own = Claim(owner=os.getpid(), since=start_time(os.getpid()), session=os.getsid(0))
    file = folder / f"{own.owner}-{start_ticks(own.owner)}"
    # Whoever sees it under its name finds it locked.
    fresh = folder / f".{file.name}"
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.pwrite(descriptor, json.dumps(asdict(own)).encode(), 0)
        fresh.rename(file)
        with environment_variables({VARIABLE: str(file)}), _watchdog(file):
            yield killed
    finally:
        file.unlink(missing_ok=True)
        os.close(descriptor)


def end_left_behind(file: Path) -> int:
    """End all processes of a claim but this one; return how many there were.

    Stages end before the servers that they save their work to.

    Args:
        file: of the claim.
    """
    with suppress(OSError, ValueError, TypeError):
        session = Claim(**json.loads(file.read_text())).session
        return _end(file, session) + _end(file)
    return _end(file)


def _end_killed(folder: Path) -> Iterator[str]:
    """End what the killed have left behind; yield a line on each.

    Args:
        folder: of the claims' files.
    """
    for file in sorted(folder.glob("[0-9]*")):
        descriptor = os.open(file, os.O_RDWR)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left = end_left_behind(file)
                with suppress(ValueError, TypeError):
                    dead = Claim(**json.loads(file.read_text()))
                    yield (
                        f"what was started on {dead.since} (pid {dead.owner}) was killed"
                        + (f", {left} processes that it left behind are ended" if left else "")
                        + ": finished stages are taken from the cache"
                    )
                file.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _end(file: Path, session: int | None = None) -> int:
    """End processes of a claim: SIGTERM, patience, SIGKILL; return how many there were.

    Args:
        file: of the claim.
        session: id of the session whose processes are ended; all if None.
    """
    processes = [
        process
        for process in psutil.process_iter()
        if _belongs(process, file) and session in (None, _session(process))
    ]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in _still_alive(processes):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _still_alive(processes)
    return len(processes)


def _still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of `processes` that are alive when all have ended, or patience has."""
    deadline = time.monotonic() + PATIENCE
    while (alive := list(filter(_lives, processes))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def _lives(process: psutil.Process) -> bool:
    # In a container there may be no one to whom zombies are left.
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _belongs(process: psutil.Process, file: Path) -> bool:
    """Whether a process that is alive was started under the claim of `file`, and is not us."""
    with suppress(psutil.Error, OSError):
        return (
            process.pid != os.getpid()
            and process.environ().get(VARIABLE) == str(file)
            and _lives(process)
        )
    return False


def _session(process: psutil.Process) -> int:
    with suppress(ProcessLookupError):
        return os.getsid(process.pid)
    return -1


@contextmanager
def _watchdog(file: Path) -> Iterator[None]:
    """Have a process that ends the others of a claim as soon as this one is gone.

    It waits for the end of a pipe that this process holds and no other inherits.

    Args:
        file: of the claim.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines.servers.watchdog", str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(_CLONE)},
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            # It is not to look for what has been ended already.
            process.kill()
