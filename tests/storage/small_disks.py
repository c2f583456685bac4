"""A disk that is full, and what is on it."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SmallDisk:
    """A folder on a file system of a few megabytes, or, where none may be mounted, on any.

    Attributes:
        folder: on it.
        mounted: whether it is a file system of its own.
    """

    folder: Path
    mounted: bool

    @contextmanager
    def nearly_full(self, room: int) -> Iterator[None]:
        """Leave so many bytes on it, while the block runs; or let no file get longer than that.

        Args:
            room: the bytes.
        """
        if self.mounted:
            filler = self.folder / "filler"
            filler.write_bytes(bytes(shutil.disk_usage(self.folder).free - room))
            try:
                yield
            finally:
                filler.unlink()
            return
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, kept)

    def files(self) -> dict[str, bytes]:
        """All that is on it, by path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a disk; where that is refused, say why and limit the length of files instead.

    Args:
        folder: to make and mount it at.
        size: of it, as mount has it: "2m".
    """
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    mounted = mount.returncode == 0
    if not mounted:
        print(f"no small disk ({mount.stderr.strip()}): files are limited in length instead")
    try:
        yield SmallDisk(folder, mounted)
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
