"""Packing: the same bytes every time, whole or not at all, and no ground truth in the index."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pass_ops.data.layout import read_layout
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError, StorageError


def files(root: Path) -> dict[str, bytes]:
    """Contents of all files by their paths below `root`."""
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_same_files_give_the_same_set(
    synthetic_data: Path, packed_synthetic: DatasetPointer, tmp_path: Path
) -> None:
    copy = shutil.copytree(synthetic_data, tmp_path / "copy", copy_function=shutil.copyfile)
    for path in copy.rglob("*"):
        os.utime(path, (1, 1))
    pointer = pack(copy, str(tmp_path / "packed"))
    assert pointer.digest == packed_synthetic.digest
    one, two = files(tmp_path / "packed"), files(Path(packed_synthetic.uri))
    del one["pointer.json"], two["pointer.json"]
    assert one == two


def test_pointer(synthetic_data: Path, tmp_path: Path) -> None:
    pointer = pack(synthetic_data, f"{tmp_path}/sets/{{digest}}")
    assert pointer.uri == f"{tmp_path}/sets/{pointer.digest}"
    assert pointer.categories == 6
    assert pointer.counts == {"train": 24, "validation": 12, "test": 12}
    assert DatasetPointer.load(Path(pointer.uri) / "pointer.json") == pointer == locate(pointer.uri)
    assert os.listdir(tmp_path / "sets") == [pointer.digest]


def test_a_moved_set_is_found_where_it_is(packed_synthetic: DatasetPointer, tmp_path: Path) -> None:
    root = shutil.copytree(packed_synthetic.uri, tmp_path / "moved")
    assert locate(str(root)).uri == str(root)
    assert locate(str(root / "pointer.json")) == packed_synthetic


def test_digest_depends_on_pixels_names_and_masks(synthetic_data: Path, tmp_path: Path) -> None:
    def digests(change: int) -> tuple[str, str]:
        root = shutil.copytree(synthetic_data, tmp_path / str(change))
        entries = read_layout(root).splits["validation"]
        first, second = (entry for entry in entries[:2])
        assert first.mask is not None
        assert second.mask is not None
        if change == 1:
            shutil.copyfile(second.image, first.image)
        elif change == 2:
            shutil.copyfile(second.mask, first.mask)
        elif change == 3:
            for path in (first.image, first.mask):
                path.rename(path.with_stem("renamed"))
        return pack(root, f"{tmp_path}/packed/{{digest}}").digest, locate(str(root)).digest

    packed, plain = zip(*map(digests, range(4)), strict=True)
    assert len(set(packed)) == len(set(plain)) == 4


def test_index_holds_no_ground_truth(packed_synthetic: DatasetPointer) -> None:
    root = Path(packed_synthetic.uri)
    index = pq.read_table(root / "index.parquet")
    assert index.column_names == [
        "key",
        "split",
        "shard",
        "offset",
        "bytes",
        "sha256",
        "width",
        "height",
    ]
    training_files = [
        path for path in files(root) if path.startswith("images/train") or path == "index.parquet"
    ]
    assert len(training_files) == 2
    assert not any(b"n9000000" in (root / path).read_bytes() for path in training_files)
    order = [row["key"] for row in index.to_pylist() if row["split"] == "train"]
    assert order == sorted(order)


def test_sums_are_those_of_sha256sum(packed_synthetic: DatasetPointer) -> None:
    root = packed_synthetic.uri
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=root, check=True
    )
    result = subprocess.run(
        ["sha256sum", "SHA256SUMS"], cwd=root, check=True, capture_output=True, text=True
    )
    assert result.stdout.split()[0] == packed_synthetic.digest
    assert len((Path(root) / "SHA256SUMS").read_text().splitlines()) == len(files(Path(root))) - 2


def test_packing_again_changes_nothing(synthetic_data: Path, tmp_path: Path) -> None:
    destination = tmp_path / "packed"
    first = pack(synthetic_data, str(destination))
    inode = destination.stat().st_ino
    assert pack(synthetic_data, str(destination)) == first
    assert destination.stat().st_ino == inode
    assert os.listdir(tmp_path) == ["packed"]


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_packing_again_mends_what_is_damaged(
    synthetic_data: Path, packed_synthetic: DatasetPointer, tmp_path: Path, damage: str
) -> None:
    destination = tmp_path / "run:1" / "packed"
    pointer = pack(synthetic_data, str(destination))
    shard = destination / "images" / "train-00000.tar"
    data = bytearray(shard.read_bytes())
    data[700] ^= 1
    shard.write_bytes(data[:700] if damage == "truncate" else data)
    if damage == "delete":
        shard.unlink()
    assert pack(synthetic_data, str(destination)) == pointer
    found, expected = files(destination), files(Path(packed_synthetic.uri))
    del found["pointer.json"], expected["pointer.json"]
    assert found == expected
    assert os.listdir(destination.parent) == ["packed"]


def test_never_replaces_what_is_something_else(synthetic_data: Path, tmp_path: Path) -> None:
    destination = tmp_path / "packed"
    destination.mkdir()
    (destination / "thesis.tex").touch()
    with pytest.raises(StorageError, match=r"thesis.tex is none of its files\); choose another"):
        pack(synthetic_data, str(destination))
    assert os.listdir(tmp_path) == ["packed"]
    assert os.listdir(destination) == ["thesis.tex"]


def test_never_replaces_another_set(synthetic_data: Path, tmp_path: Path) -> None:
    source = shutil.copytree(synthetic_data, tmp_path / "source")
    first = pack(source, str(tmp_path / "packed"))
    entry, other = read_layout(source).splits["train"][:2]
    shutil.copyfile(other.image, entry.image)
    with pytest.raises(DataError, match="holds another data set"):
        pack(source, first.uri)
    assert locate(first.uri) == first


def test_bad_source_leaves_nothing(synthetic_data: Path, tmp_path: Path) -> None:
    source = shutil.copytree(synthetic_data, tmp_path / "source")
    image = read_layout(source).splits["train"][-1].image
    image.write_bytes(b"<html>404</html>")
    with pytest.raises(DataError, match=f"^{image}: the image is a web page"):
        pack(source, str(tmp_path / "new" / "packed"))
    shutil.rmtree(source / "validation")
    with pytest.raises(DataError, match=f"^{source}/validation: this split is missing"):
        pack(source, str(tmp_path / "new" / "packed"))
    assert os.listdir(tmp_path / "new") == []
