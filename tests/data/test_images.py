"""What training code gets of a data set, packed or not."""

from __future__ import annotations

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.decode import decode_image
from pass_ops.data.images import Images, open_images
from pass_ops.data.layout import read_layout
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError


@pytest.fixture(params=["packed", "folder"])
def pointer(
    request: pytest.FixtureRequest, synthetic_data: Path, packed_synthetic: DatasetPointer
) -> DatasetPointer:
    """The synthetic set, in both forms."""
    return packed_synthetic if request.param == "packed" else locate(str(synthetic_data))


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_pixels_sizes_and_keys(
    pointer: DatasetPointer, split: str, synthetic_data: Path, tmp_path: Path
) -> None:
    images = open_images(pointer, split, tmp_path)
    entries = read_layout(synthetic_data).splits[split]
    assert images.keys == tuple(entry.key for entry in entries)
    assert len(images) == pointer.counts[split]
    for entry in entries:
        pixels = images.image(entry.key)
        assert images.size(entry.key) == pixels.shape[1::-1]
        np.testing.assert_array_equal(pixels, decode_image(entry.image.read_bytes(), entry.key))


@pytest.mark.parametrize(
    ("union", "splits"),
    [("held_out", ["validation", "test"]), ("every", ["train", "validation", "test"])],
)
def test_several_splits_are_read_together(
    pointer: DatasetPointer, union: str, splits: list[str], tmp_path: Path
) -> None:
    images = open_images(pointer, union, tmp_path)
    apart = [open_images(pointer, split, tmp_path) for split in splits]
    assert images.keys == tuple(sorted(key for one in apart for key in one.keys))
    assert len(images) == sum(pointer.counts[split] for split in splits)
    for one in apart:
        key = one.keys[-1]
        assert (images.size(key), images.name(key)) == (one.size(key), one.name(key))
        np.testing.assert_array_equal(images.image(key), one.image(key))
    copy: Images = pickle.loads(pickle.dumps(images))
    assert copy.keys == images.keys


def test_packed_images_know_no_class(packed_synthetic: DatasetPointer, tmp_path: Path) -> None:
    pickled = pickle.dumps(open_images(packed_synthetic, "train", tmp_path))
    assert b"n9000000" not in pickled


def test_images_can_be_sent_to_a_process(pointer: DatasetPointer, tmp_path: Path) -> None:
    images = open_images(pointer, "train", tmp_path)
    copy: Images = pickle.loads(pickle.dumps(images))
    np.testing.assert_array_equal(copy.image(images.keys[3]), images.image(images.keys[3]))


def test_many_threads_read(pointer: DatasetPointer, tmp_path: Path) -> None:
    images = open_images(pointer, "train", tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for first, again in zip(
            pool.map(images.image, images.keys), pool.map(images.image, images.keys), strict=True
        ):
            np.testing.assert_array_equal(first, again)


def test_unknown_key_and_split(pointer: DatasetPointer, tmp_path: Path) -> None:
    images = open_images(pointer, "train", tmp_path)
    validation_key = open_images(pointer, "validation", tmp_path).keys[0]
    for read in (images.image, images.size):
        with pytest.raises(DataError, match=f"^image {validation_key}: not in this split"):
            read(validation_key)
    with pytest.raises(DataError, match=r"no split 'dev'; it has test, train, validation$"):
        open_images(pointer, "dev", tmp_path)


def test_many_shards(synthetic_data: Path, tmp_path: Path) -> None:
    pointer = pack(synthetic_data, str(tmp_path / "packed"), shard_bytes=9000)
    assert len(list((tmp_path / "packed" / "images").glob("train-*.tar"))) > 3
    images = open_images(pointer, "train", tmp_path)
    plain = open_images(locate(str(synthetic_data)), "train", tmp_path)
    for key in images.keys:
        np.testing.assert_array_equal(images.image(key), plain.image(key))


def test_damaged_shard_of_a_folder(packed_synthetic: DatasetPointer, tmp_path: Path) -> None:
    root = shutil.copytree(packed_synthetic.uri, tmp_path / "packed")
    images = open_images(replace(packed_synthetic, uri=str(root)), "train", tmp_path)
    shard = root / "images" / "train-00000.tar"
    data = bytearray(shard.read_bytes())
    data[600] ^= 1  # in the first image, behind its header of 512 bytes
    shard.write_bytes(data)
    with pytest.raises(DataError) as raised:
        images.image(images.keys[0])
    assert str(raised.value) == f"{shard}: damaged or missing at byte 512; pack the data set again"
    assert images.image(images.keys[1]).ndim == 3
    shard.unlink()
    with pytest.raises(DataError, match="damaged or missing"):
        images.image(images.keys[1])


@pytest.mark.parametrize("name", ["index.parquet", "SHA256SUMS"])
def test_damaged_tables_of_a_folder(
    packed_synthetic: DatasetPointer, tmp_path: Path, name: str
) -> None:
    root = shutil.copytree(packed_synthetic.uri, tmp_path / "packed")
    pointer = replace(packed_synthetic, uri=str(root))
    data = bytearray((root / name).read_bytes())
    data[40] ^= 1
    (root / name).write_bytes(data)
    with pytest.raises(DataError, match=f"{name}: not as it was packed"):
        open_images(pointer, "train", tmp_path)


def test_pointer_to_another_set_at_the_same_place(
    packed_synthetic: DatasetPointer, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="not as it was packed"):
        open_images(replace(packed_synthetic, digest="0" * 64), "train", tmp_path)


def test_damaged_image_of_a_plain_folder_is_named(synthetic_data: Path, tmp_path: Path) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    images = open_images(locate(str(root)), "train", tmp_path)
    entry = read_layout(root).splits["train"][0]
    entry.image.write_bytes(entry.image.read_bytes()[:300])
    with pytest.raises(DataError, match=f"^{entry.image}: unreadable or truncated"):
        images.image(entry.key)
