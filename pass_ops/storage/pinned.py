"""Addresses with the digest of what lies there, `s3://bucket/prefix@sha256:…`, as of images.

KFP's caches go by what a task is given. What lies at an address can be replaced, and a task that is
given the address alone would be taken for one that has run on what lay there before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.opening import reading

_PINNED = re.compile(r"(?P<place>.+)@sha256:(?P<digest>[0-9a-f]{64})", re.DOTALL)


def place_of(address: str) -> str:
    """An address without its digest, if it has one."""
    match = _PINNED.fullmatch(address)
    return match["place"] if match else address


def is_pinned(address: str) -> bool:
    """Whether an address has a digest."""
    return bool(_PINNED.fullmatch(address))


def pin(address: str, digest: str) -> str:
    """An address with its digest.

    Args:
        address: with a digest already or without.
        digest: sha256 of what lies there now, in hex.

    Raises:
        StorageError: the address has another digest.
    """
    place = place_of(address)
    pinned = f"{place}@sha256:{digest}"
    if address not in (place, pinned):
        raise StorageError(
            f"{place}: has been replaced since the run began; leave it alone while a run needs it, "
            "and start the run again"
        )
    return pinned


def pin_files(address: str, names: Iterable[str]) -> str:
    """The address of a few files, with a digest that says what each of them holds.

    Args:
        address: of a folder or an s3:// prefix, with a digest already or without.
        names: of the files.

    Raises:
        ArtifactError, StorageError: a file is not there or cannot be read, or the address has
            another digest.
    """
    place = place_of(address)
    lines = [f"{_content(place, name)}  {name}\n" for name in names]
    return pin(address, hashlib.sha256("".join(lines).encode()).hexdigest())


def _content(place: str, name: str) -> str:
    """What tells a file's content from any other: in S3 the server's word for it, since some files
    are too large to be fetched for this alone.

    Args:
        place: folder or s3:// prefix.
        name: of the file.
    """
    if is_s3(place):
        from pass_ops.storage.s3 import entity_tag

        return entity_tag(f"{place.rstrip('/')}/{name}")
    path = Path(place, name)
    with reading(path=path, what="file", advice="give another"):
        return file_sha256(path)
