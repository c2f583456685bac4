"""Objects in S3: whole files up and down, verified, tried again where that can help.

`client` says which server, `retry` how long it is tried. Threads may call everything here at once.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import ParseError

from minio.error import MinioException, S3Error
from minio.helpers import check_bucket_name, check_object_name
from urllib3.exceptions import HTTPError

from pass_ops.errors import StorageError
from pass_ops.storage.addresses import SCHEME, is_s3
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.client import client, endpoint
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.forms import ANY_FILE
from pass_ops.storage.head import find, has_bucket, look
from pass_ops.storage.receive import SHA256, receive
from pass_ops.storage.refusal import refusal

_PART_BYTES = 15 * 2**19
"""Of a large upload: what is sent again when a request fails."""
T = TypeVar("T")


def upload(path: Path, uri: str) -> None:
    """Put a file into S3.

    Args:
        path: the file.
        uri: its object's address, `s3://bucket/name`.

    Raises:
        StorageError: the server refuses, lacks the bucket, or cannot be reached.
    """
    bucket, name = _split(uri)

    def send() -> None:
        client().fput_object(
            bucket, name, str(path), metadata={SHA256: file_sha256(path)}, part_size=_PART_BYTES
        )

    def attempt() -> None:
        try:
            send()
        except S3Error as error:
            # MinIO forgets an upload when it is complete, also where that answer was lost.
            if error.code != "NoSuchUpload":
                raise
            if not holds(uri, path):
                send()

    _run(uri, attempt)


def holds(uri: str, path: Path) -> bool:
    """Whether the object at `uri` is there and was made of the file `path` by `upload`.

    Nothing is read of it: what the disk of the server damaged is not noticed.

    Raises:
        StorageError: the server refuses or cannot be reached.
    """
    bucket, name = _split(uri)
    head = _run(uri, lambda: find(bucket, name))
    return (
        head is not None
        and head.size == path.stat().st_size
        and head.metadata is not None
        and head.metadata.get(f"x-amz-meta-{SHA256}") == file_sha256(path)
    )


def download(uri: str, path: Path, sha256: str | None = None) -> None:
    """Get an object into a file, whole or not at all; several processes may do so at once.

    Args:
        uri: the object's address, `s3://bucket/name`.
        path: file to write.
        sha256: what the object's bytes must hash to, in hex; None for what `upload` noted. Other
            bytes are fetched again, and refused in the end.

    Raises:
        StorageError: no such object, other bytes than expected, a full disk, or a server that
            refuses.
    """
    bucket, name = _split(uri)
    with atomic_path(path, ANY_FILE) as temporary, open(temporary, "wb") as file:
        _run(uri, lambda: receive(bucket=bucket, name=name, file=file, sha256=sha256))


def read_bytes(uri: str) -> bytes:
    """The bytes of the object at `uri`.

    Raises:
        StorageError: no such object, or a server that refuses.
    """
    bucket, name = _split(uri)
    file = io.BytesIO()
    _run(uri, lambda: receive(bucket=bucket, name=name, file=file, sha256=None))
    return file.getvalue()


def exists(uri: str) -> bool:
    """Whether there is an object at `uri`.

    Raises:
        StorageError: the server refuses, lacks the bucket, or cannot be reached.
    """
    bucket, name = _split(uri)
    if _run(uri, lambda: find(bucket, name)) is not None:
        return True
    # The answer to HEAD does not say whether it is the object or the bucket that is missing.
    if _run(uri, lambda: has_bucket(bucket)):
        return False
    raise StorageError(f"{uri}: there is no bucket {bucket} at {endpoint()}; create it")


def entity_tag(uri: str) -> str:
    """What the server calls the present content of the object at `uri`: another word for another
    content.

    Raises:
        StorageError: no such object, or a server that refuses.
    """
    bucket, name = _split(uri)
    return str(_run(uri, lambda: look(bucket, name)).etag)


def names_below(uri: str) -> list[str]:
    """Names of the objects below the prefix `uri`, relative to it.

    Raises:
        StorageError: the server refuses, lacks the bucket, or cannot be reached.
    """
    bucket, name = _split(uri)
    prefix = f"{name.rstrip('/')}/"

    def attempt() -> list[str]:
        objects = client().list_objects(bucket, prefix, recursive=True)
        return [str(one.object_name).removeprefix(prefix) for one in objects]

    return _run(uri, attempt)


def remove(uri: str) -> None:
    """Remove the object at `uri`; one that is gone already will do.

    Raises:
        StorageError: the server refuses, or cannot be reached.
    """
    bucket, name = _split(uri)
    _run(uri, lambda: client().remove_object(bucket, name))


def ensure_bucket(bucket: str) -> None:
    """Create `bucket` unless it is there.

    Raises:
        StorageError: the server refuses or cannot be reached.
    """
    uri = f"{SCHEME}{bucket}"

    def make() -> None:
        try:
            client().make_bucket(bucket)
        except S3Error as error:
            # By another process meanwhile, or by an attempt whose answer was lost.
            if error.code != "BucketAlreadyOwnedByYou":
                raise

    if not _run(uri, lambda: has_bucket(bucket)):
        _run(uri, make)


def _split(uri: str) -> tuple[str, str]:
    """Bucket and name of an object's address.

    Raises:
        StorageError: it is none.
    """
    bucket, _, name = uri.removeprefix(SCHEME).partition("/")
    if not is_s3(uri) or not bucket or not name:
        raise StorageError(f"{uri}: not an object's address; write s3://bucket/name")
    try:
        check_bucket_name(bucket)
        check_object_name(name)
        uri.encode()
    except ValueError as error:
        raise StorageError(f"{uri}: {error}; write another s3://bucket/name") from error
    return bucket, name


def _run(uri: str, attempt: Callable[[], T]) -> T:
    """What `attempt` returns.

    Args:
        uri: what it is about, for the error.
        attempt: makes requests, each of which is tried again by itself.

    Raises:
        StorageError: a request failed for good.
    """
    try:
        return attempt()
    # minio (7.2.20) lets what it cannot understand of an answer fall through.
    except (MinioException, HTTPError, ParseError, ValueError) as error:
        raise refusal(uri, endpoint(), error) from error
