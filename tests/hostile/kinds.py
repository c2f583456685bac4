"""Hostile files of many kinds, and the readers that are to refuse them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pass_ops.commands.overrides import parse_overrides
from pass_ops.data.cache import parse_sums
from pass_ops.data.decode import check_image, decode_mask
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.user_files.categories import check_ids, check_listing
from pass_ops.errors import DataError, PassError
from pass_ops.evaluation.scoring.match_file import read_match
from pass_ops.models.card import parse_card
from pass_ops.models.files.read import read_weights
from pass_ops.models.files.tensors import to_float32
from pass_ops.storage.opening import reading
from tests.hostile.catalogue import archives, pickles, pictures, tensors, texts

Reader = Callable[[Path], object]
MEMORY = 2**32
"""Bytes that the process may have more than before while a file is read."""


def weights(path: Path) -> object:
    """Weights, as a network gets them."""
    return to_float32(read_weights(path).tensors, path)


def mask(path: Path) -> None:
    """A mask of a set of six classes."""
    problem = check_ids(decode_mask(path.read_bytes(), str(path)), 6, str(path))
    if problem:
        raise DataError(str(problem))


def categories(path: Path) -> None:
    """A list of the classes of two folders."""
    for problem in check_listing(path, ("n1", "n2")):
        raise DataError(str(problem))


def sums(path: Path) -> None:
    """The checksums of a packed set."""
    with reading(path=path, what="checksums", advice="pack again"):
        parse_sums(path.read_text())


def setting(path: Path) -> None:
    """A value on the command line."""
    parse_overrides([f"a={path.read_text()}"])


KINDS: dict[str, tuple[Reader, dict[str, bytes]]] = {
    "pickle": (weights, pickles.PICKLES),
    "tensor": (weights, archives.TENSORS),
    "archive": (weights, archives.ARCHIVES),
    "safetensors": (weights, tensors.SAFETENSORS),
    "text as matching": (read_match, texts.BROKEN),
    "matching": (read_match, texts.MATCHES),
    "pointer": (lambda path: DatasetPointer.load(path), texts.POINTERS),
    "card": (lambda path: parse_card(path.read_bytes(), str(path)), texts.CARDS),
    "setting": (setting, {name: text.encode() for name, text in texts.SETTINGS.items()}),
    "categories": (categories, texts.CATEGORIES),
    "sums": (sums, texts.SUMS),
    "image": (lambda path: check_image(path.read_bytes(), str(path)), pictures.IMAGES),
    "mask": (mask, pictures.MASKS),
}
"""The reader of each group, and its files."""

FILES = [(group, name) for group, (_, files) in KINDS.items() for name in files]


@contextmanager
def limited_memory() -> Iterator[None]:
    """Let the process have so much memory more, and no more."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    used = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def require_refused(group: str, name: str, folder: Path) -> None:
    """Let the reader of a group refuse a file, in one line and without a trace.

    Args:
        group, name: of `FILES`.
        folder: an empty one.
    """
    read, files = KINDS[group]
    path = folder / "file"
    path.write_bytes(files[name])
    with limited_memory(), pytest.raises(PassError) as raised:
        read(path)
    line = str(raised.value)
    assert line.isprintable()
    assert len(line) < 3 * len(str(path)) + 700
    assert [found.name for found in folder.iterdir()] == ["file"]
