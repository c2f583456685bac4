"""A server that this process starts, waits for, and stops with everything that it started
itself.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from pass_ops.errors import ConfigError, StorageError
from pipelines.local.signals import signals_ignored

LOOPBACK = "127.0.0.1"


class ServerProcess:
    """A server in its own process group, so that a Ctrl-C in the terminal reaches us first.

    Args:
        name: what messages call it.
        command: the command line.
        environment: its whole environment.
        log: file that its output is written to; an old one is replaced.
        lock: open file descriptor that the server keeps open, and with it the lock of its store.
    """

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        lock: int | None = None,
    ) -> None:
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

        Raises:
            StorageError: the server ended, or was not ready within `seconds`; names its last output
                and its log.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            status = self.process.poll()
            if status is not None:
                raise StorageError(
                    f"{self.name} ended with status {status}: {self._last_words()} (log: {self.log})"
                )
            if time.monotonic() > deadline:
                raise StorageError(
                    f"{self.name} is not ready after {seconds:.0f} s: {self._last_words()} (log: {self.log})"
                )
            time.sleep(0.1)

    def stop(self, patience: float = 10.0) -> None:
        """End the whole group: SIGTERM, up to `patience` seconds, SIGKILL. A second Ctrl-C does not
        cut it short.
        """
        with signals_ignored():
            _signal_group(self.process.pid, signal.SIGTERM)
            deadline = time.monotonic() + patience
            while _group_lives(self.process.pid) and time.monotonic() < deadline:
                self.process.poll()
                time.sleep(0.05)
            _signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _last_words(self) -> str:
        lines = [
            line.strip()
            for line in self.log.read_text(errors="replace").splitlines()
            if line.strip()
        ]
        return " / ".join(lines[-3:]) or "it printed nothing"


def free_ports(count: int) -> list[int]:
    """`count` ports p that are free on the loopback interface together with p + 10000 (SeaweedFS
    opens both).
    """
    ports: list[int] = []
    for port in random.sample(range(20000, 50000), 1000):
        if port_is_free(port) and port_is_free(port + 10000):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise ConfigError(
        f"no {count} free ports between 20000 and 60000 on {LOOPBACK}: stop some servers"
    )


def port_is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback interface now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _signal_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def _group_lives(group: int) -> bool:
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if process.info["status"] != psutil.STATUS_ZOMBIE and os.getpgid(process.pid) == group:
                return True
    return False
