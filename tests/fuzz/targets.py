"""Readers of strangers' files, each as a function of bytes that raises where the reader is wrong.

Whatever the bytes are, a reader gives values that keep its promises, or refuses in one line. A
target says which of the two it did.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pass_ops.data.cache import parse_sums
from pass_ops.data.codec import MAX_ID, encode_mask
from pass_ops.data.decode import check_image, decode_image, decode_mask, image_size
from pass_ops.data.index import INDEX_SCHEMA, TRUTH_SCHEMA, read_split
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import PassError
from pass_ops.evaluation.scoring.match_file import read_match
from pass_ops.models.card import parse_card
from pass_ops.models.files.read import read_weights
from pass_ops.models.files.tensors import to_float32
from pass_ops.paths import LabelMapsPath
from pass_ops.storage.opening import reading

LONGEST = 2000
"""Characters of a refusal."""


@contextmanager
def refusing() -> Iterator[None]:
    """Let a refusal pass, if it is one line; nothing else may be raised."""
    try:
        yield
    except PassError as error:
        line = str(error)
        if not (line.isprintable() and 0 < len(line) < LONGEST):
            raise AssertionError(f"a refusal that is no line: {line!a}") from error


@contextmanager
def file_of(data: bytes) -> Iterator[Path]:
    """A file that holds some bytes, while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        yield path


def label_codec(data: bytes) -> bool:
    """A mask decodes to ids that encode to the same mask again."""
    with refusing():
        labels = decode_mask(data, "mask")
        assert labels.dtype == np.int32
        assert labels.shape[::-1] == image_size(encode_mask(labels), "mask")
        assert 0 <= labels.min() <= labels.max() <= MAX_ID
        assert np.array_equal(decode_mask(encode_mask(labels), "again"), labels)
        return True
    return False


def picture(data: bytes) -> bool:
    """An image decodes to the size that its header says."""
    with refusing():
        width, height = image_size(data, "image")
        pixels = decode_image(data, "image")
        assert (pixels.dtype, pixels.shape) == (np.uint8, (height, width, 3))
        assert check_image(data, "image") == (width, height)
        return True
    return False


def shard_index(data: bytes) -> bool:
    """Tables, checksums and pointers of a set name only what lies in it."""
    tables = [_table(data, schema) for schema in (INDEX_SCHEMA, TRUTH_SCHEMA)]
    return any([*tables, _manifest(data), _sums(data), _pointer(data)])


def _table(data: bytes, schema: Any) -> bool:
    with file_of(data) as path, refusing():
        return bool(read_split(path, schema, "train"))
    return False


def _manifest(data: bytes) -> bool:
    with file_of(data) as path, refusing():
        path.rename(path.parent / "manifest.parquet")
        (path.parent / "meta.json").write_text("{}")
        maps = LabelMaps(LabelMapsPath(path.parent))
        for key in maps.keys[:9]:
            with refusing():
                maps.read(key)
        return True
    return False


def _sums(data: bytes) -> bool:
    with refusing(), reading(path="sums", what="checksums", advice="pack again"):
        root = Path("/set")
        for name in parse_sums(data.decode()):
            assert Path(os.path.normpath(root / name)).is_relative_to(root)
        return True
    return False


def _pointer(data: bytes) -> bool:
    with refusing():
        pointer = DatasetPointer.from_json(data, "pointer")
        assert DatasetPointer.from_json(pointer.to_json(), "again") == pointer
        return True
    return False


def weights(data: bytes) -> bool:
    """Weights are finite, and none holds more numbers than its file."""
    with file_of(data) as path, refusing():
        tensors = read_weights(path).tensors
        assert all(values.size <= len(data) for values in tensors.values())
        few = dict(sorted(tensors.items())[:9])
        assert all(np.isfinite(values).all() for values in to_float32(few, path).values())
        return True
    with refusing():
        parse_card(data, "card")
        return True
    return False


def match_file(data: bytes) -> bool:
    """A matching is a permutation of 1..K."""
    with file_of(data) as path, refusing():
        classes = read_match(path)
        assert sorted(classes) == list(range(1, len(classes) + 1))
        return True
    return False


TARGETS: dict[str, Callable[[bytes], bool]] = {
    function.__name__: function
    for function in (label_codec, picture, shard_index, weights, match_file)
}
