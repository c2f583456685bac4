"""A digest of source files: which code an image holds, and which cached stages a run may take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

SUFFIXES = (".py", ".yaml")


def source_digest(sources: Iterable[Path]) -> str:
    """16 hex digits that change with the name or content of any source.

    Args:
        sources: files, and folders, of which the .py and .yaml files below them count.
    """
    digest = hashlib.sha256()
    for source in sources:
        for file in _files(source):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(source.parent).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:16]


def _files(source: Path) -> list[Path]:
    """`source` itself, or what counts below it, in a fixed order."""
    if source.is_file():
        return [source]
    return sorted(file for file in source.rglob("*") if file.suffix in SUFFIXES)
