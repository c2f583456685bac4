"""Objects in S3: whole files up and down, verified, tried again where that can help.

`client` says which server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from pass_ops.errors import StorageError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.client import client, endpoint
from pass_ops.storage.forms import ANY_FILE
from pass_ops.storage.refusal import MISSING, refusal
from pass_ops.storage.retry import retrying

SCHEME = "s3://"
_CHUNK = 2**20
T = TypeVar("T")


def is_s3(uri: str) -> bool:
    """Whether `uri` is an object's or a prefix's, and not a path.

    Raises:
        StorageError: it is an address of another kind.
    """
    if uri.startswith(SCHEME):
        return True
    scheme, separator, _ = uri.partition("://")
    if separator and scheme.isalnum():
        raise StorageError(
            f"{uri}: neither a folder nor an address in S3; write {SCHEME}bucket/name"
        )
    return False


def upload(path: Path, uri: str) -> None:
    """Put a file into S3.

    Args:
        path: the file.
        uri: its object's address, `s3://bucket/name`.

    Raises:
        StorageError: the server refuses, lacks the bucket, or cannot be reached.
    """
    bucket, name = _split(uri)
    _run(uri, lambda: client().fput_object(bucket, name, str(path)))


def download(uri: str, path: Path, sha256: str | None = None) -> None:
    """Get an object into a file, whole or not at all; several processes may do so at once.

    Args:
        uri: the object's address, `s3://bucket/name`.
        path: file to write.
        sha256: what the object's bytes must hash to, in hex; other bytes are fetched once more,
            then refused.

    Raises:
        StorageError: no such object, other bytes than expected, a full disk, or a server that
            refuses.
    """
    with atomic_path(path, ANY_FILE) as temporary:
        digest = _run(uri, lambda: _fetch(uri, temporary))
        if sha256 not in (None, digest):
            digest = _run(uri, lambda: _fetch(uri, temporary))
        if sha256 not in (None, digest):
            raise StorageError(
                f"{uri}: damaged, sha256 {digest[:12]}… and not {str(sha256)[:12]}…; "
                "upload it again"
            )


def read_bytes(uri: str) -> bytes:
    """The bytes of the object at `uri`.

    Raises:
        StorageError: no such object, or a server that refuses.
    """
    bucket, name = _split(uri)

    def attempt() -> bytes:
        with client().get_object(bucket, name) as response:
            return bytes(response.read())

    return _run(uri, attempt)


def exists(uri: str) -> bool:
    """Whether there is an object at `uri`.

    Raises:
        StorageError: the server refuses, lacks the bucket, or cannot be reached.
    """
    bucket, name = _split(uri)
    try:
        retrying(lambda: client().stat_object(bucket, name))
    except (MinioException, HTTPError) as error:
        if isinstance(error, S3Error) and error.code in MISSING:
            # The answer to HEAD does not say whether it is the object or the bucket that is
            # missing.
            if _run(uri, lambda: client().bucket_exists(bucket)):
                return False
            raise StorageError(
                f"{uri}: there is no bucket {bucket} at {endpoint()}; create it"
            ) from error
        raise refusal(uri, endpoint(), error) from error
    return True


def entity_tag(uri: str) -> str:
    """What the server calls the present content of the object at `uri`: another word for another
    content.

    Raises:
        StorageError: no such object, or a server that refuses.
    """
    bucket, name = _split(uri)
    return str(_run(uri, lambda: client().stat_object(bucket, name)).etag)


def names_below(uri: str) -> list[str]:
    """Names of the objects below the prefix `uri`, relative to it.

    Raises:
        StorageError: the server refuses, lacks the bucket, or cannot be reached.
    """
    bucket, name = _split(uri)
    prefix = f"{name.rstrip('/')}/"

    def attempt() -> list[str]:
        found = client().list_objects(bucket, prefix, recursive=True)
        return [str(one.object_name).removeprefix(prefix) for one in found]

    return _run(uri, attempt)


def ensure_bucket(bucket: str) -> None:
    """Create `bucket` unless it is there.

    Raises:
        StorageError: the server refuses or cannot be reached.
    """
    uri = f"{SCHEME}{bucket}"
    if not _run(uri, lambda: client().bucket_exists(bucket)):
        _run(uri, lambda: client().make_bucket(bucket))


def _split(uri: str) -> tuple[str, str]:
    bucket, _, name = uri.removeprefix(SCHEME).partition("/")
    if not is_s3(uri) or not bucket or not name:
        raise StorageError(f"{uri}: not an object's address; write s3://bucket/name")
    return bucket, name


def _fetch(uri: str, path: Path) -> str:
    """Write an object to a file, from the start at every attempt.

    Args:
        uri: the object's address.
        path: file to write.

    Returns:
        The sha256 of its bytes, in hex.
    """
    bucket, name = _split(uri)
    digest = hashlib.sha256()
    with client().get_object(bucket, name) as response, open(path, "wb") as file:
        for chunk in response.stream(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
    return digest.hexdigest()


def _run(uri: str, attempt: Callable[[], T]) -> T:
    """What `attempt` returns, with retries.

    Args:
        uri: what it is about, for the error.
        attempt: one request, which may be made several times.

    Raises:
        StorageError: the last attempt failed.
    """
    try:
        return retrying(attempt)
    except (MinioException, HTTPError) as error:
        raise refusal(uri, endpoint(), error) from error
