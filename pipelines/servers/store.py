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
    os.replace(fresh, file)
    return credentials


@contextmanager
def store_lock(store: Path) -> Iterator[int]:
    """Hold `store` alone; yields the lock's file descriptor.

    The server is to inherit it: one that outlives a killed run then still holds its store.

    Raises:
        StorageError: another server has it.
    """
    store.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(store / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode() or "unknown"
            raise StorageError(
                f"{store} is in use by the server of another make run or make ui "
                f"(process {holder}): wait until that ends, or end it with: kill {holder}"
            ) from error
        yield descriptor
    finally:
        os.close(descriptor)


def record_holder(descriptor: int, process: int) -> None:
    """Write into a lock which process holds it, for the message that others get.

    Args:
        descriptor: as `store_lock` yields it.
        process: id of the server's process.
    """
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(process).encode(), 0)
