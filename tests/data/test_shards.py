"""Tar shards and random reads from them."""

from __future__ import annotations

import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.data.shards import Location, ShardWriter, read_location
from pass_ops.storage.contents.file_digest import file_sha256

FILES = {"a.png": b"first", "b.png": b"", "c.png": bytes(range(256)) * 7, "d.png": b"x" * 512}


def write(root: Path, files: dict[str, bytes], shard_bytes: int) -> dict[str, Location]:
    """Write shards; returns where each file is.

    Args:
        root: folder to write into.
        files: contents by name.
        shard_bytes: size from which a shard is closed.
    """
    with ShardWriter(root, "images/train-", shard_bytes) as shards:
        return {name: shards.write(name, data) for name, data in files.items()}


@given(st.lists(st.binary(max_size=2000), max_size=12), st.integers(1, 6000))
def test_every_file_reads_back(contents: list[bytes], shard_bytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = {f"{number}.png": data for number, data in enumerate(contents)}
        locations = write(root, files, shard_bytes)
        assert {
            name: read_location(root, location) for name, location in locations.items()
        } == files


def test_shards_are_ordinary_tar_files(tmp_path: Path) -> None:
    write(tmp_path, FILES, 10**6)
    with tarfile.open(tmp_path / "images" / "train-00000.tar") as tar:
        members = tar.getmembers()
        assert [member.name for member in members] == list(FILES)
        assert {(member.mtime, member.uid, member.uname) for member in members} == {(0, 0, "")}
        for member in members:
            extracted = tar.extractfile(member)
            assert extracted is not None
            assert extracted.read() == FILES[member.name]


def test_a_full_shard_is_followed_by_another(tmp_path: Path) -> None:
    # Each file takes 512 bytes and its own, rounded up to 512: the first two reach 1536, the third
    # alone 2560.
    locations = write(tmp_path, FILES, 1500)
    assert [location.shard for location in locations.values()] == [
        "images/train-00000.tar",
        "images/train-00000.tar",
        "images/train-00001.tar",
        "images/train-00002.tar",
    ]


def test_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, FILES, 10**6)
    one, two = (
        file_sha256(tmp_path / name / "images" / "train-00000.tar") for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize("damage", ["flip", "truncate"])
def test_damaged_bytes_are_not_returned(tmp_path: Path, damage: str) -> None:
    location = write(tmp_path, FILES, 10**6)["c.png"]
    path = tmp_path / location.shard
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[location.offset + 100] ^= 1
    else:
        del data[location.offset + 100 :]
    path.write_bytes(data)
    assert read_location(tmp_path, location) is None


def test_location_describes_the_bytes(tmp_path: Path) -> None:
    location = write(tmp_path, FILES, 10**6)["c.png"]
    assert location == Location(
        shard="images/train-00000.tar",
        offset=1024 + 512 + 512,
        bytes=256 * 7,
        sha256=sha256(FILES["c.png"]).hexdigest(),
    )
