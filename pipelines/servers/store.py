"""A folder in which a local server keeps its data between runs: its holder and its credentials."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pass_ops.errors import StorageError
from pipelines.servers.identity import NONE, start_ticks, start_time
from pipelines.servers.process import end_group


@dataclass(frozen=True)
class Credentials:
    """An S3 access key and its secret, made up at random for one store."""

    access_key: str
    secret_key: str


def store_credentials(store: Path) -> Credentials:
    """The credentials of `store`, made on its first use.

    They are kept in its `credentials.json`, which its owner alone can read.
    """
    file = store / "credentials.json"
    if file.exists():
        return Credentials(**json.loads(file.read_text()))
    credentials = Credentials(secrets.token_hex(10), secrets.token_hex(20))
    # Not `atomic_path`: the file must never have been readable by others, under any name.
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        json.dump(asdict(credentials), output)
        # A power cut may otherwise leave an empty file of that name.
        output.flush()
        os.fsync(output.fileno())
    os.replace(fresh, file)
    return credentials


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a store, as its lock says to others.

    Attributes:
        owner: id of the process that started the server, and stops it: make run, or make ui.
        owner_start: its `start_ticks`.
        since: when it was started, for people.
        server: id of the server's process, and of its group.
        server_start: its `start_ticks`.
        url: the server's address.
    """

    owner: int
    owner_start: int
    since: str
    server: int
    server_start: int
    url: str

    @property
    def lives(self) -> bool:
        """Whether the owner is still there to stop the server."""
        return start_ticks(self.owner) == self.owner_start != NONE

    @property
    def left_a_server(self) -> bool:
        """Whether the owner was killed, and its server is still there."""
        return not self.lives and start_ticks(self.server) == self.server_start != NONE


@contextmanager
def store_lock(store: Path) -> Iterator[int]:
    """Hold `store` alone; yields the lock's file descriptor.

    The server is to inherit it: one that outlives a killed run then still holds its store. Such a
    server is ended: it is known by its lock, its id and the time of its start.

    Raises:
        StorageError: another server has it.
    """
    store.mkdir(parents=True, exist_ok=True)
    descriptor = _open_lock(store)
    try:
        if not _acquire(descriptor):
            holder = _read_holder(descriptor)
            if holder is not None and holder.left_a_server:
                end_group(holder.server)
            if not _acquire(descriptor):
                raise StorageError(_in_use(store, holder))
        # What the last holder wrote is not true of this one.
        os.ftruncate(descriptor, 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _in_use(store: Path, holder: Holder | None) -> str:
    """What a second user of a store is told.

    Args:
        store: the folder.
        holder: who holds it; None if it is only about to say so.
    """
    user = f"{store} is in use by the server of another make run or make ui"
    if holder is None:
        return f"{user}, which starts just now: wait until that ends"
    return (
        f"{user} (pid {holder.owner}, since {holder.since}): wait until that ends, or end it with: "
        f"kill {holder.owner}"
    )


def record_holder(*, descriptor: int, server: int, url: str) -> None:
    """Write into a lock who holds it: this process, and its server.

    Args:
        descriptor: as `store_lock` yields it.
        server: id of the server's process.
        url: the server's address.
    """
    owner = os.getpid()
    holder = Holder(
        owner=owner,
        owner_start=start_ticks(owner),
        since=start_time(owner),
        server=server,
        server_start=start_ticks(server),
        url=url,
    )
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)


def store_holder(store: Path) -> Holder | None:
    """Who holds `store` now; None where nobody does, or the holder has not written it down yet."""
    if not store.is_dir():
        return None
    descriptor = _open_lock(store)
    try:
        return None if _acquire(descriptor) else _read_holder(descriptor)
    finally:
        os.close(descriptor)


def _open_lock(store: Path) -> int:
    return os.open(store / "lock", os.O_RDWR | os.O_CREAT, 0o600)


def _acquire(descriptor: int) -> bool:
    """Whether the lock was free, and is this process's from now on."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(descriptor: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(descriptor, 1024, 0)))
    except (ValueError, TypeError):
        # Not written yet, or by an earlier version of this program.
        return None
