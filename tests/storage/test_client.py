"""Settings of the S3 server, and a server that is not there.

`tests/integration/test_s3.py` has a real one.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from threading import Thread

import pytest

from pass_ops.errors import StorageError
from pass_ops.storage.client import client, endpoint
from pass_ops.storage.s3 import download, exists, read_bytes, upload


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_RETRY_SECONDS", "0")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("S3_ENDPOINT", "http://127.0.0.1:9000/")
    monkeypatch.delenv("S3_REGION", raising=False)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)


def test_endpoint() -> None:
    assert endpoint() == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:9000",
        "ftp://host",
        "http://",
        "http://host/bucket",
        "http://host:99999",
        "http://host:port",
        "http://host?x",
        "http://host#x",
        "http://[::1",
    ],
)
def test_endpoint_that_is_no_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("S3_ENDPOINT", address)
    with pytest.raises(StorageError, match=r"^S3_ENDPOINT is '.*'; set it to http"):
        client()


@pytest.mark.parametrize("address", ["http://user:hidden@host:9000", "http://hidden@host"])
def test_credentials_in_the_address_are_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("S3_ENDPOINT", address)
    with pytest.raises(StorageError, match="S3_ENDPOINT holds a user or password") as raised:
        client()
    assert "hidden" not in str(raised.value)


def test_the_token_of_temporary_credentials_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    request = b""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("S3_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-mine")

        def answer() -> None:
            nonlocal request
            connection, _ = server.accept()
            with connection:
                request = connection.recv(2**16)
                connection.sendall(b"HTTP/1.1 200 OK\r\nETag: e\r\nContent-Length: 0\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        assert exists("s3://bucket/name")
        thread.join()
    headers = request.decode().lower()
    assert "x-amz-security-token: token-of-mine" in headers
    assert ";x-amz-security-token" in headers.partition("signedheaders=")[2]


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="AWS_SECRET_ACCESS_KEY not set"):
        client()


@pytest.mark.parametrize("value", ["hidden\n", "hid den", "hiddén"])
@pytest.mark.parametrize(
    "name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "S3_REGION"]
)
def test_what_no_request_could_hold_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StorageError, match=f"^{name} holds a blank") as raised:
        client()
    assert value not in str(raised.value)


def test_client_is_shared_until_a_setting_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = client()
    assert client() is first
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    assert client() is not first


@pytest.mark.parametrize(
    "uri",
    [
        "s3://",
        "s3://bucket",
        "s3:///name",
        "/folder/name",
        "http://host/name",
        "S3://bucket/name",
        "s3:/bucket/name",
        "s3:bucket/name",
        "s3://ab/name",
        "s3://10.0.0.1/name",
        "s3://bucket/a/../name",
        "s3://bucket/./name",
        "s3://bucket/na\udcffme",
    ],
)
def test_address_of_no_object(uri: str) -> None:
    with pytest.raises(StorageError, match=r"write (another )?s3://bucket/name"):
        read_bytes(uri)


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
