"""The files of a packed set: what its tables name is not believed."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pass_ops.data.cache import SUMS_NAME, parse_sums, write_sums
from pass_ops.data.images import open_images
from pass_ops.data.index import INDEX_NAME, INDEX_SCHEMA
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError
from pass_ops.errors import DataError


def crafted(packed: DatasetPointer, folder: Path, changes: dict[str, object]) -> DatasetPointer:
    """A copy of a packed set whose table says something else of its first image, with right sums.

    Args:
        packed: the set.
        folder: to make.
        changes: values of the first row of the table of training images.
    """
    shutil.copytree(packed.uri, folder)
    rows = pq.read_table(folder / INDEX_NAME).to_pylist()
    next(row for row in rows if row["split"] == "train").update(changes)
    pq.write_table(pa.Table.from_pylist(rows, INDEX_SCHEMA), folder / INDEX_NAME)
    (folder / SUMS_NAME).unlink()
    (folder / "pointer.json").unlink()
    return replace(packed, uri=str(folder), digest=write_sums(folder))


@pytest.mark.parametrize("place", [{"bytes": 2**60}, {"bytes": -1}, {"offset": 2**60}])
def test_bytes_that_are_not_there(
    packed_synthetic: DatasetPointer, tmp_path: Path, place: dict[str, object]
) -> None:
    pointer = crafted(packed_synthetic, tmp_path / "set", place)
    images = open_images(pointer, "train", tmp_path)
    with pytest.raises(BadFileError, match="damaged or missing at byte"):
        images.image(images.keys[0])


def test_a_shard_outside_the_set(packed_synthetic: DatasetPointer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    place = {
        "shard": "../secret",
        "offset": 0,
        "bytes": 6,
        "sha256": hashlib.sha256(b"secret").hexdigest(),
    }
    pointer = crafted(packed_synthetic, tmp_path / "set", place)
    images = open_images(pointer, "train", tmp_path)
    with pytest.raises(DataError, match=r"SHA256SUMS: does not list \.\./secret; pack"):
        images.image(images.keys[0])


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x"])
def test_sums_of_files_outside_the_set(
    packed_synthetic: DatasetPointer, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match=f"{name} lies outside the set"):
        parse_sums(f"{'0' * 64}  {name}\n")
    folder = shutil.copytree(packed_synthetic.uri, tmp_path / "set")
    with open(folder / SUMS_NAME, "a") as file:
        file.write(f"{'0' * 64}  {name}\n")
    digest = hashlib.sha256((folder / SUMS_NAME).read_bytes()).hexdigest()
    with pytest.raises(DataError, match=f"holds no checksums \\({name} lies outside the set\\)"):
        open_images(replace(packed_synthetic, uri=str(folder), digest=digest), "train", tmp_path)
