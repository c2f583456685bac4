"""Data sets in a real S3 server."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.packing.validate import validate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError, StorageError
from pass_ops.storage.client import client
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.s3 import download, upload
from pipelines.servers.endpoints import DATA_BUCKET as BUCKET
from pipelines.servers.environment import environment_variables
from tests.integration.faulty_proxy import faulty_proxy

pytestmark = pytest.mark.usefixtures("s3_settings")

READER = """
import sys
from pathlib import Path
from pass_ops.data.images import open_images
from pass_ops.data.pointer import DatasetPointer
print("ready", flush=True)
sys.stdin.readline()
images = open_images(DatasetPointer.load(Path(sys.argv[1])), "train", Path(sys.argv[2]))
print(sum(int(images.image(key).sum()) for key in images.keys))
"""


@pytest.fixture(scope="module")
def pointer(s3_server: dict[str, str], real_data: Path) -> DatasetPointer:
    """The photographs, packed into the server in shards of some 100 kB."""
    with environment_variables(s3_server):
        return pack(real_data, f"s3://{BUCKET}/{{digest}}", shard_bytes=100_000)


def objects(prefix: str) -> dict[str, tuple[str, object]]:
    """ETag and time of every object below `prefix`, by name."""
    entries = client().list_objects(BUCKET, prefix, recursive=True)
    return {entry.object_name: (entry.etag, entry.last_modified) for entry in entries}


def test_pack_and_read_at_random(pointer: DatasetPointer, real_data: Path, tmp_path: Path) -> None:
    plain = locate(str(real_data))
    for split in ("train", "validation"):
        images = open_images(pointer, split, tmp_path)
        expected = open_images(plain, split, tmp_path)
        assert images.keys == expected.keys
        for key in images.keys[::-7]:
            np.testing.assert_array_equal(images.image(key), expected.image(key))
    truth = open_ground_truth(pointer, "validation", tmp_path)
    expected_truth = open_ground_truth(plain, "validation", tmp_path)
    for key in truth.keys[::-7]:
        np.testing.assert_array_equal(truth.mask(key), expected_truth.mask(key))
        assert truth.path(key) == expected_truth.path(key)


def test_pointer_is_found_by_address_and_the_set_is_good(
    pointer: DatasetPointer, tmp_path: Path
) -> None:
    assert locate(pointer.uri) == pointer
    assert validate(pointer, tmp_path) == []


def test_training_fetches_no_masks_and_no_other_split(
    pointer: DatasetPointer, tmp_path: Path
) -> None:
    open_images(pointer, "train", tmp_path)
    files = {
        path.relative_to(tmp_path / pointer.digest).as_posix()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert {"SHA256SUMS", "index.parquet"} < files
    shards = files - {"SHA256SUMS", "index.parquet"}
    assert len(shards) > 1
    assert all(name.startswith("images/train-") for name in shards)


def test_packing_again_sends_nothing(pointer: DatasetPointer, real_data: Path) -> None:
    before = objects(pointer.digest)
    assert len(before) > 8
    assert pack(real_data, f"s3://{BUCKET}/{{digest}}", shard_bytes=100_000) == pointer
    assert objects(pointer.digest) == before


def test_another_set_at_the_same_address_is_refused(
    pointer: DatasetPointer, real_data: Path
) -> None:
    with pytest.raises(DataError, match="holds another data set"):
        pack(real_data, pointer.uri, shard_bytes=50_000)
    assert locate(pointer.uri) == pointer


def test_what_is_no_packed_set_is_not_added_to(real_data: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("precious")
    upload(tmp_path / "notes", f"s3://{BUCKET}/taken/index.parquet")
    upload(tmp_path / "notes", f"s3://{BUCKET}/taken/deep/notes")
    before = objects("taken/")
    with pytest.raises(StorageError, match="holds deep/notes, which is no part of a packed data"):
        pack(real_data, f"s3://{BUCKET}/taken")
    assert objects("taken/") == before


def test_upload_that_broke_off_is_no_set(
    pointer: DatasetPointer, real_data: Path, tmp_path: Path
) -> None:
    uri = f"s3://{BUCKET}/broken-off"
    for name in ("SHA256SUMS", "index.parquet"):
        download(f"{pointer.uri}/{name}", tmp_path / name)
        upload(tmp_path / name, f"{uri}/{name}")
    with pytest.raises(StorageError, match=f"^{uri}/pointer.json: there is no such object"):
        locate(uri)
    assert pack(real_data, uri, shard_bytes=100_000).digest == pointer.digest
    assert locate(uri).uri == uri


def test_second_reader_fetches_nothing(
    pointer: DatasetPointer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_images(pointer, "validation", tmp_path)
    monkeypatch.setenv("S3_ENDPOINT", "http://127.0.0.1:1")
    second = open_images(pointer, "validation", tmp_path)
    np.testing.assert_array_equal(second.image(second.keys[0]), first.image(first.keys[0]))


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
def test_damaged_cache_is_fetched_again(
    pointer: DatasetPointer, tmp_path: Path, damage: str
) -> None:
    images = open_images(pointer, "validation", tmp_path)
    expected = [images.image(key) for key in images.keys]
    for path in [*tmp_path.rglob("*.tar"), *tmp_path.rglob("index.parquet")]:
        data = bytearray(path.read_bytes())
        data[600] ^= 1
        if damage == "delete":
            path.unlink()
        else:
            path.write_bytes(data[:500] if damage == "truncate" else data)
    again = open_images(pointer, "validation", tmp_path)
    for key, pixels in zip(images.keys, expected, strict=True):
        np.testing.assert_array_equal(again.image(key), pixels)
    with ThreadPoolExecutor(8) as pool:
        assert all(map(np.array_equal, pool.map(again.image, images.keys), expected))


def test_damaged_object_is_refused(
    pointer: DatasetPointer, real_data: Path, tmp_path: Path
) -> None:
    uri = pack(real_data, f"s3://{BUCKET}/damaged", shard_bytes=100_000).uri
    shard = tmp_path / "shard"
    download(f"{uri}/images/test-00000.tar", shard)
    data = bytearray(shard.read_bytes())
    data[600] ^= 1
    shard.write_bytes(data)
    upload(shard, f"{uri}/images/test-00000.tar")
    with pytest.raises(StorageError) as raised:
        open_images(locate(uri), "test", tmp_path / "cache")
    assert str(raised.value).startswith(
        f"{uri}/images/test-00000.tar: damaged, sha256 {file_sha256(shard)[:12]}…"
    )
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "cache" / pointer.digest / "images" / "test-00000.tar").exists()
    assert len(open_images(locate(uri), "train", tmp_path / "cache")) == pointer.counts["train"]


def test_processes_share_a_cache_and_fetch_each_file_once(
    pointer: DatasetPointer,
    tmp_path: Path,
    s3_server: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pointer.save(tmp_path / "pointer.json")

    def read(cache: str, readers: int) -> tuple[set[str], int]:
        """What so many readers that begin at once print, and how many requests they make."""
        command = [sys.executable, "-c", READER, str(tmp_path / "pointer.json")]
        command += [str(tmp_path / cache)]
        pipe = subprocess.PIPE
        with faulty_proxy(s3_server["S3_ENDPOINT"], rate=0) as (address, proxy):
            monkeypatch.setenv("S3_ENDPOINT", address)
            processes = [
                subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
                for _ in range(readers)
            ]
            for process in processes:
                assert process.stdout is not None
                assert process.stdout.readline() == "ready\n"
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            sums = {process.communicate()[0] for process in processes}
            assert [process.returncode for process in processes] == [0] * readers
        return sums, proxy.requests

    one = read("one", 1)
    assert read("shared", 3) == one
    assert not [path for path in (tmp_path / "shared").rglob(".*")]


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_credentials_are_refused(
    pointer: DatasetPointer,
    real_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, "wrong")
    for attempt in (
        lambda: open_images(pointer, "train", tmp_path / "cache"),
        lambda: pack(real_data, f"s3://{BUCKET}/refused"),
    ):
        with pytest.raises(StorageError, match="check AWS_ACCESS_KEY_ID") as raised:
            attempt()
        assert str(raised.value).startswith("s3://")
        assert "\n" not in str(raised.value)
