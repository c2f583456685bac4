"""A server process that is started, awaited, and stopped with all that it started itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from pass_ops.errors import StorageError
from pipelines.servers.signals import signals_ignored


class ServerProcess:
    """A server in its own process group, so that a Ctrl-C in the terminal reaches us first."""

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        lock: int | None = None,
    ) -> None:
        """Start it.

        Args:
            name: what messages call it.
            command: the command line.
            environment: its whole environment.
            log: file that its output is written to; an old one is replaced.
            lock: file descriptor that the server keeps open, and with it the lock of its store.
        """
        self.name, self.log = name, log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=() if lock is None else (lock,),
            )

    def wait_ready(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Return as soon as `is_ready()` holds.

        Args:
            is_ready: asked ten times a second.
            seconds: patience.

        Raises:
            StorageError: the server ended, or was not ready within `seconds`; names its last output
                and its log.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            status = self.process.poll()
            if status is not None:
                raise StorageError(
                    f"{self.name} ended with status {status}: {self._last_lines()} "
                    f"(log: {self.log})"
                )
            if time.monotonic() > deadline:
                raise StorageError(
                    f"{self.name} is not ready after {seconds:.0f} s: {self._last_lines()} "
                    f"(log: {self.log})"
                )
            time.sleep(0.1)

    def stop(self, patience: float = 10.0) -> None:
        """End the whole group: SIGTERM, up to `patience` seconds, SIGKILL.

        A second Ctrl-C does not cut it short.
        """
        with signals_ignored():
            end_group(self.process.pid, patience)
            self.process.wait()

    def _last_lines(self) -> str:
        """The last three lines of the log that are not empty, on one line."""
        output = self.log.read_text(errors="replace").splitlines()
        lines = [line.strip() for line in output if line.strip()]
        return " / ".join(lines[-3:]) or "it printed nothing"


def end_group(group: int, patience: float = 10.0) -> None:
    """End all processes of a group: SIGTERM, up to `patience` seconds, SIGKILL.

    Args:
        group: its id.
        patience: in seconds.
    """
    _signal_group(group, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while _group_lives(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal_group(group, signal.SIGKILL)
    while _group_lives(group):
        time.sleep(0.05)


def _signal_group(group: int, number: int) -> None:
    """Send a signal to a process group, if it still has a process.

    Args:
        group: its id.
        number: of the signal.
    """
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _group_lives(group: int) -> bool:
    """Whether a process of `group` is alive; zombies are not."""
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if process.info["status"] != psutil.STATUS_ZOMBIE and os.getpgid(process.pid) == group:
                return True
    return False
