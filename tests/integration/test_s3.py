"""Objects in a real S3 server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.errors import StorageError
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.s3 import download, ensure_bucket, exists, read_bytes, upload
from pipelines.servers.endpoints import DATA_BUCKET as BUCKET

pytestmark = pytest.mark.usefixtures("s3_settings")


def test_upload_and_download(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(12 * 2**20))  # of several parts
    uri = f"s3://{BUCKET}/objects/source"
    assert not exists(uri)
    upload(source, uri)
    assert exists(uri)
    download(uri, tmp_path / "folder" / "copy", file_sha256(source))
    assert (tmp_path / "folder" / "copy").read_bytes() == source.read_bytes() == read_bytes(uri)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize(
    "attempt",
    [
        lambda source: upload(source, f"s3://{BUCKET}/refused/source"),
        lambda _: exists(f"s3://{BUCKET}/refused/source"),
        lambda _: ensure_bucket("refused"),
    ],
    ids=["upload", "exists", "ensure_bucket"],
)
def test_wrong_credentials_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attempt: Callable[[Path], object], name: str
) -> None:
    (tmp_path / "source").write_bytes(b"content")
    monkeypatch.setenv(name, "wrong")
    with pytest.raises(StorageError, match="check AWS_ACCESS_KEY_ID") as raised:
        attempt(tmp_path / "source")
    assert str(raised.value).startswith("s3://")
    assert "\n" not in str(raised.value)


def test_missing_bucket_and_object(real_data: Path, tmp_path: Path) -> None:
    source = shutil.copy(real_data / "categories.txt", tmp_path)
    for attempt in (
        lambda: pack(real_data, "s3://nowhere/{digest}"),
        lambda: upload(Path(source), "s3://nowhere/a"),
        lambda: exists("s3://nowhere/a"),
        lambda: read_bytes("s3://nowhere/a"),
        lambda: locate("s3://nowhere/a"),
    ):
        with pytest.raises(StorageError, match=r"^s3://nowhere/\S+: there is no (such )?bucket"):
            attempt()
    with pytest.raises(StorageError, match=f"^s3://{BUCKET}/nothing: there is no such object"):
        download(f"s3://{BUCKET}/nothing", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_ensure_bucket(tmp_path: Path) -> None:
    for _ in range(2):
        ensure_bucket("made-by-test")
    (tmp_path / "a").write_bytes(b"a")
    upload(tmp_path / "a", "s3://made-by-test/a")
    assert read_bytes("s3://made-by-test/a") == b"a"
