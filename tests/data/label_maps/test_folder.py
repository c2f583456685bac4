"""Label maps as an artifact."""

from __future__ import annotations

import json
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.errors import ArtifactError

LABELS = arrays(
    np.int32, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 65535)
)


def write(folder: Path, maps: dict[str, LabelMap]) -> LabelMaps:
    """An artifact, opened.

    Args:
        folder: to write.
        maps: by key.
    """
    with LabelMapWriter(folder, {"label_space": "abc", "threshold": 0.4}) as writer:
        for key, labels in maps.items():
            writer.write(key, labels)
    return LabelMaps(folder)


def some_maps(count: int) -> dict[str, LabelMap]:
    """Random maps, each of a width of its own."""
    rng = np.random.default_rng(0)
    return {
        f"{number:016x}": rng.integers(0, 920, (20, 30 + number), np.int32)
        for number in reversed(range(count))
    }


@given(st.lists(LABELS, max_size=4))
def test_round_trip(maps: list[LabelMap]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        artifact = write(
            Path(folder) / "maps", {str(number): labels for number, labels in enumerate(maps)}
        )
        assert artifact.keys == tuple(str(number) for number in range(len(maps)))
        for key, labels in zip(artifact.keys, maps, strict=True):
            assert artifact.read(key).dtype == np.int32
            np.testing.assert_array_equal(artifact.read(key), labels)
            assert artifact.size(key) == labels.shape[::-1]


def test_keeps_the_order_and_what_the_ids_mean(tmp_path: Path) -> None:
    maps = some_maps(5)
    artifact = write(tmp_path / "maps", maps)
    assert artifact.keys == tuple(maps)
    assert len(artifact) == 5
    assert artifact.meta == {"label_space": "abc", "threshold": 0.4}


def test_form_on_disk(tmp_path: Path) -> None:
    write(tmp_path / "maps", some_maps(2))
    table = pq.read_table(tmp_path / "maps" / "manifest.parquet")
    assert table.column_names == ["key", "shard", "offset", "bytes", "height", "width", "sha256"]
    assert table["width"].to_pylist() == [31, 30]
    with tarfile.open(tmp_path / "maps" / table["shard"][0].as_py()) as tar:
        names = tar.getnames()
        png = tar.extractfile(names[0])
        assert png is not None
        header = png.read(26)
    assert names == [f"{key}.png" for key in table["key"].to_pylist()]
    assert (header[24], header[25]) == (16, 0)  # bits, and grey


def test_same_maps_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, some_maps(3))
    files = sorted(
        path.relative_to(tmp_path / "one")
        for path in (tmp_path / "one").rglob("*")
        if path.is_file()
    )
    assert len(files) == 3
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_nothing_is_there_before_the_end_nor_after_a_failure(tmp_path: Path) -> None:
    def write_then_fail() -> None:
        with LabelMapWriter(tmp_path / "maps") as writer:
            writer.write("a", np.zeros((2, 2), np.int32))
            assert not (tmp_path / "maps").exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_then_fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("labels", [[[-1]], [[65536]], [0, 1], [[[0]]]])
def test_map_out_of_range_or_shape(tmp_path: Path, labels: list[object]) -> None:
    with (
        pytest.raises(ValueError, match="label map of a"),
        LabelMapWriter(tmp_path / "maps") as writer,
    ):
        writer.write("a", np.array(labels, np.int32))


def test_key_written_twice(tmp_path: Path) -> None:
    with LabelMapWriter(tmp_path / "maps") as writer:
        writer.write("a", np.zeros((2, 2), np.int32))
        with pytest.raises(ValueError, match="written twice"):
            writer.write("a", np.zeros((2, 2), np.int32))
    assert LabelMaps(tmp_path / "maps").keys == ("a",)


def test_unknown_key(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"no label map of image b; run"):
        write(tmp_path / "maps", {"a": np.zeros((2, 2), np.int32)}).read("b")


def test_folder_without_maps(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="holds no label maps"):
        LabelMaps(tmp_path)
    (tmp_path / "manifest.parquet").write_bytes(b"not parquet")
    (tmp_path / "meta.json").write_text(json.dumps({}))
    with pytest.raises(ArtifactError, match="holds no label maps"):
        LabelMaps(tmp_path)


def test_damage_is_found(tmp_path: Path) -> None:
    artifact = write(tmp_path / "maps", some_maps(2))
    (shard,) = (tmp_path / "maps" / "maps").iterdir()
    data = bytearray(shard.read_bytes())
    data[600] ^= 1
    shard.write_bytes(data)
    with pytest.raises(
        ArtifactError, match=f"damaged at label map {artifact.keys[0]}; run its stage again"
    ):
        artifact.read(artifact.keys[0])
    assert artifact.read(artifact.keys[1]).shape == (20, 30)
    shard.unlink()
    with pytest.raises(ArtifactError, match="No such file"):
        artifact.read(artifact.keys[1])


def test_many_threads_read(tmp_path: Path) -> None:
    maps = some_maps(20)
    artifact = write(tmp_path / "maps", maps)
    keys = list(maps) * 5
    with ThreadPoolExecutor(8) as pool:
        for key, labels in zip(keys, pool.map(artifact.read, keys), strict=True):
            np.testing.assert_array_equal(labels, maps[key])
