"""The events of one stage's run in a folder, in their order, until MLflow has them.

`events.jsonl` has one event a line, the first of which says which run they belong to; `delivered`
how many bytes of it the server has; `files` copies of what the run is to keep. Who writes or
delivers holds a lock. A process that is killed loses nothing that it has appended; a machine that
loses power may lose the last events.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import IO, Any

from pass_ops.storage.contents.links import link_or_copy

EVENTS, DELIVERED, REFUSED, FILES = "events.jsonl", "delivered", "refused.jsonl", "files"

Event = Mapping[str, Any]


class Spool:
    """A folder of events, locked by this process until `close`.

    Args:
        folder: the folder.
        events: its file of events, open and locked.

    Attributes:
        folder: the folder.
    """

    def __init__(self, folder: Path, events: IO[bytes]) -> None:
        self.folder, self._events = folder, events
        self._numbers = count()
        self._position = 0
        if (folder / DELIVERED).is_file():
            self._position = int((folder / DELIVERED).read_text() or 0)

    @classmethod
    def create(cls, folder: Path) -> Spool:
        """A new one.

        Args:
            folder: to be made.

        Raises:
            OSError: it is there, or cannot be made.
        """
        folder.mkdir(parents=True)
        # Whoever sees the file finds it locked.
        new = folder / "new"
        events = new.open("ab", buffering=0)
        fcntl.flock(events, fcntl.LOCK_EX)
        new.rename(folder / EVENTS)
        return cls(folder, events)

    @classmethod
    def take(cls, folder: Path) -> Spool | None:
        """One that another process has left; None if it has it still, or removed it."""
        try:
            events = os.fdopen(os.open(folder / EVENTS, os.O_RDWR | os.O_APPEND), "ab", 0)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(events, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(events.fileno()).st_nlink:
                return cls(folder, events)
        except BlockingIOError:
            pass
        events.close()
        return None

    def append(self, event: Event) -> None:
        """Add an event at the end."""
        self._events.write(json.dumps(event, default=str).encode() + b"\n")

    def keep(self, path: Path) -> Path:
        """A copy of a file or folder that stays as it is whatever becomes of the original.

        Raises:
            OSError: there is no room.
        """
        copy = self.folder / FILES / str(next(self._numbers)) / path.name
        copy.parent.mkdir(parents=True)
        if path.is_dir():
            shutil.copytree(path, copy, copy_function=link_or_copy)
        else:
            link_or_copy(path, copy)
        return copy

    def all(self) -> list[Event]:
        """Every event from the first on."""
        return [event for event, _ in self._read(0)]

    def pending(self) -> Iterator[Event]:
        """The events that the server lacks so far; each counts as delivered when the next is asked
        for.
        """
        for event, end in self._read(self._position):
            yield event
            self._position = end
            (self.folder / DELIVERED).write_text(str(end))
            if copy := event["arguments"].get("path"):
                shutil.rmtree(Path(copy).parent, ignore_errors=True)

    def refuse(self, event: Event, reason: str) -> None:
        """Put an event aside that the server will never take.

        Args:
            event: which one.
            reason: of the server.
        """
        with (self.folder / REFUSED).open("a") as file:
            file.write(json.dumps({**event, "reason": reason}, default=str) + "\n")

    def close(self) -> None:
        """Let others have it."""
        self._events.close()

    def remove(self) -> None:
        """Remove it, all but what was refused."""
        if (self.folder / REFUSED).is_file():
            shutil.rmtree(self.folder / FILES, ignore_errors=True)
            for name in (EVENTS, DELIVERED):
                (self.folder / name).unlink(missing_ok=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.close()

    def _read(self, position: int) -> Iterator[tuple[Event, int]]:
        """The whole lines from a position on, each with the position after it."""
        with (self.folder / EVENTS).open("rb") as file:
            file.seek(position)
            for line in file:
                # A process that was killed may have left half a line.
                if not line.endswith(b"\n"):
                    return
                position += len(line)
                yield json.loads(line), position
