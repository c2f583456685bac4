"""A record of what was made of some files: it is made again when these have changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path


def digest_of(sources: Iterable[Path], *also: bytes) -> str:
    """Digest of the paths and contents of files, in the order of their paths.

    Args:
        sources: the files.
        also: what else is to have the same digest.
    """
    digest = hashlib.sha256()
    for content in also:
        digest.update(content)
    for path in sorted(map(str, sources)):
        digest.update(b"%a" % path)
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def made_of(*, digest: str, record: Path, make: Callable[[], list[str]]) -> list[str]:
    """The files that `make` returns: those of last time, if they are there and of this digest.

    Args:
        digest: of all that `make` reads.
        record: file that says what was made last time, and of what.
        make: makes the files, and returns their paths.
    """
    if (files := _files_of(record, digest)) is not None:
        return files
    files = make()
    content = {"digest": digest, "files": {file: os.path.getsize(file) for file in files}}
    partial = record.with_name(f"{record.name}.{os.getpid()}")
    partial.write_text(json.dumps(content))
    partial.replace(record)
    return files


def _files_of(record: Path, digest: str) -> list[str] | None:
    """The files of a record if it is of this digest and they are there, each of its size."""
    try:
        content = json.loads(record.read_text())
        whole = all(os.path.getsize(file) == size for file, size in content["files"].items())
    except (OSError, ValueError):  # A power cut may have left anything.
        return None
    return list(content["files"]) if whole and content["digest"] == digest else None
