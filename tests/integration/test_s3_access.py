"""Who may do what in S3, and whom a client trusts: real signatures, rights and certificates."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from pass_ops.data.images import open_images
from pass_ops.data.packing.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import StorageError
from pass_ops.storage.s3 import download, exists, read_bytes, upload
from tests.integration.certificates import make_certificates
from tests.integration.s3_server import s3_of_users, user

OWN, OTHERS = "s3://pass-artifacts/v2", "s3://pass-artifacts/evaluation"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a server with several users."""
    with s3_of_users(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture(scope="module")
def pointer(address: str, synthetic_data: Path) -> DatasetPointer:
    """A data set that the curator has published."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        become(monkeypatch, address, "curator")
        return pack(synthetic_data, "s3://pass-data/{digest}")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of several parts."""
    path = tmp_path / "checkpoint"
    path.write_bytes(os.urandom(12 * 2**20))
    return path


def become(monkeypatch: pytest.MonkeyPatch, address: str, name: str) -> None:
    """Let the client be a user.

    Args:
        monkeypatch: sets the variables of clients.
        address: of the server.
        name: of the user.
    """
    for variable, value in user(address, name).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)


def refused(attempt: Callable[[], object], problem: str = "denies access to this key") -> None:
    """Check that something is refused in one line.

    Args:
        attempt: what is refused.
        problem: pattern of what the line says.
    """
    with pytest.raises(StorageError, match=problem) as raised:
        attempt()
    assert "\n" not in str(raised.value)


def test_training_reads_data_and_writes_its_own_prefix(
    address: str,
    pointer: DatasetPointer,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    become(monkeypatch, address, "training")
    images = open_images(pointer, "train", tmp_path / "cache")
    assert images.image(images.keys[-1]).ndim == 3
    upload(source, f"{OWN}/run/checkpoint")
    assert exists(f"{OWN}/run/checkpoint")
    download(f"{OWN}/run/checkpoint", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()


def test_training_writes_no_data_and_nothing_of_others(
    address: str, synthetic_data: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, address, "admin")
    upload(source, f"{OTHERS}/result")
    upload(source, "s3://pass-data/notes")
    become(monkeypatch, address, "training")
    other = source.with_name("other")
    other.write_bytes(b"other")
    refused(lambda: upload(other, "s3://pass-data/notes"))
    refused(lambda: pack(synthetic_data, "s3://pass-data/again/{digest}"))
    refused(lambda: upload(other, f"{OTHERS}/result"))
    refused(lambda: upload(other, "s3://pass-artifacts/v2"))  # Beside the prefix, not in it.
    refused(lambda: read_bytes(f"{OTHERS}/result"))
    refused(lambda: exists(f"{OTHERS}/result"))
    become(monkeypatch, address, "admin")
    assert (
        read_bytes(f"{OTHERS}/result") == read_bytes("s3://pass-data/notes") == source.read_bytes()
    )
    assert not exists("s3://pass-artifacts/v2")


def test_the_curator_sees_no_artifacts(
    address: str, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, address, "curator")
    refused(lambda: upload(source, f"{OWN}/run/checkpoint"))
    refused(lambda: read_bytes(f"{OWN}/run/checkpoint"))


def test_unknown_users_and_wrong_secrets_are_refused(
    address: str, pointer: DatasetPointer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, address, "stranger")
    refused(lambda: read_bytes(f"{pointer.uri}/anything"), "refuses the credentials")
    become(monkeypatch, address, "training")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "admin-secret")
    refused(lambda: open_images(pointer, "train", tmp_path / "cache"), "refuses the credentials")
    assert not list(tmp_path.rglob("*.tar"))


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/object"), ("PUT", "/object"), ("DELETE", "/object")]
)
def test_the_anonymous_get_nothing(address: str, method: str, path: str) -> None:
    answer = urllib3.request(
        method, f"{address}/pass-data{path}", body=b"x" if method == "PUT" else None, retries=False
    )
    assert answer.status == 403
    assert b"AccessDenied" in answer.data


def test_an_endpoint_with_its_own_authority_is_trusted_only_when_named(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, certificate, key = make_certificates(tmp_path)
    with s3_of_users(tmp_path, (certificate, key)) as address:
        assert address.startswith("https://")
        become(monkeypatch, address, "training")
        refused(lambda: upload(source, f"{OWN}/model"), "certificate")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority))
        upload(source, f"{OWN}/model")
        assert read_bytes(f"{OWN}/model") == source.read_bytes()
        refused(lambda: upload(source, f"{OTHERS}/model"))
