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
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.index import INDEX_NAME, INDEX_SCHEMA, TRUTH_NAME, TRUTH_SCHEMA
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError
from pass_ops.errors import DataError

INDEX, TRUTH = (INDEX_NAME, INDEX_SCHEMA), (TRUTH_NAME, TRUTH_SCHEMA)


def crafted(
    *,
    packed: DatasetPointer,
    folder: Path,
    changes: dict[str, object],
    table: tuple[str, pa.Schema] = INDEX,
) -> DatasetPointer:
    """A copy of a packed set whose table says something else of its first image, with right sums.

    Args:
        packed: the set.
        folder: to make.
        changes: values of the first row of training images.
        table: name and schema of the one that is changed.
    """
    shutil.copytree(packed.uri, folder)
    name, schema = table
    rows = pq.read_table(folder / name).to_pylist()
    next(row for row in rows if row["split"] == "train").update(changes)
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / name)
    (folder / SUMS_NAME).unlink()
    (folder / "pointer.json").unlink()
    return replace(packed, uri=str(folder), digest=write_sums(folder))


@pytest.mark.parametrize("place", [{"bytes": 2**60}, {"bytes": -1}, {"offset": 2**60}])
def test_bytes_that_are_not_there(
    packed_synthetic: DatasetPointer, tmp_path: Path, place: dict[str, object]
) -> None:
    pointer = crafted(packed=packed_synthetic, folder=tmp_path / "set", changes=place)
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
    pointer = crafted(packed=packed_synthetic, folder=tmp_path / "set", changes=place)
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


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"offset": None}, "offset has no value in some rows"),
        ({"width": None}, "width has no value in some rows"),
        ({"key": None}, "key has no value in some rows"),
    ],
)
def test_tables_with_holes(
    packed_synthetic: DatasetPointer, tmp_path: Path, change: dict[str, object], what: str
) -> None:
    pointer = crafted(packed=packed_synthetic, folder=tmp_path / "set", changes=change)
    with pytest.raises(DataError, match=what):
        open_images(pointer, "train", tmp_path).image("0")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"category": "../../elsewhere"}, "is no image of the set's"),
        ({"category": "n99999999"}, "is no image of the set's"),
        ({"stem": "../../elsewhere"}, "is no image of the set's"),
        ({"stem": None}, "stem has no value in some rows"),
    ],
)
def test_names_under_which_nothing_may_be_written(
    packed_synthetic: DatasetPointer, tmp_path: Path, change: dict[str, object], what: str
) -> None:
    pointer = crafted(packed=packed_synthetic, folder=tmp_path / "set", changes=change, table=TRUTH)
    with pytest.raises(DataError, match=what):
        open_ground_truth(pointer, "train", tmp_path)
