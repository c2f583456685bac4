"""Settings of the S3 server, and a server that is not there.

`tests/integration/test_s3.py` has a real one.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pass_ops.storage import retry
from pass_ops.storage.client import client, endpoint
from pass_ops.storage.s3 import download, exists, is_s3, read_bytes, upload


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("S3_ENDPOINT", "http://127.0.0.1:9000/")
    monkeypatch.delenv("S3_REGION", raising=False)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)


def test_endpoint() -> None:
    assert endpoint() == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:9000", "ftp://host", "http://", "http://host/bucket"]
)
def test_endpoint_that_is_no_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("S3_ENDPOINT", address)
    with pytest.raises(StorageError, match=r"^S3_ENDPOINT is '.*'; set it to http"):
        client()


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="AWS_SECRET_ACCESS_KEY not set"):
        client()


def test_client_is_shared_until_a_setting_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = client()
    assert client() is first
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    assert client() is not first


@pytest.mark.parametrize(
    "uri", ["s3://", "s3://bucket", "s3:///name", "/folder/name", "http://host/name"]
)
def test_address_of_no_object(uri: str) -> None:
    with pytest.raises(StorageError, match="write s3://bucket/name"):
        read_bytes(uri)


def test_is_s3() -> None:
    assert is_s3("s3://bucket/name")
    assert not is_s3("folder/s3://")
    with pytest.raises(StorageError, match="write s3://bucket/name"):
        is_s3("gs://bucket/name")


def test_server_that_is_not_there_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as silent:
        # Bound but not listening: connections are refused.
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("S3_ENDPOINT", address)
        source = tmp_path / "source"
        source.touch()
        for attempt in (
            lambda: exists("s3://bucket/name"),
            lambda: read_bytes("s3://bucket/name"),
            lambda: upload(source, "s3://bucket/name"),
            lambda: download("s3://bucket/name", tmp_path / "new"),
        ):
            with pytest.raises(StorageError) as raised:
                attempt()
            assert str(raised.value).startswith(f"s3://bucket/name: cannot reach {address}")
            assert "\n" not in str(raised.value)
    assert os.listdir(tmp_path) == ["source"]
