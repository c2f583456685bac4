"""Reading an object: on from where its connection broke, and verified."""

from __future__ import annotations

import hashlib
import time
from typing import BinaryIO

from minio.error import S3Error
from minio.helpers import DictType
from urllib3.exceptions import HTTPError

from pass_ops.errors import StorageError
from pass_ops.storage.client import client, endpoint
from pass_ops.storage.retry import BusyError, retrying

SHA256 = "sha256"
"""Name of the metadata in which an object keeps the sha256 of the file that it was made of."""

# What arrives damaged is read anew so often in all.
_READINGS = 5
_CHUNK = 2**18
# Bytes: a connection that brought so many before it broke was of use, and patience begins anew.
_PROGRESS = 2**16
# A connection that brings fewer bytes in so many seconds hangs.
_SLOWEST, _WINDOW = 2**14, 20.0


def receive(*, bucket: str, name: str, file: BinaryIO, sha256: str | None) -> None:
    """Read an object into a file.

    Args:
        bucket, name: the object.
        file: an empty one, to write.
        sha256: what the object's bytes must hash to, in hex; None for what `upload` noted with it,
            if it did. Other bytes are read anew.

    Raises:
        StorageError: other bytes at every reading.
        MinioException, HTTPError: a server that refuses, or cannot be reached.
    """
    for _ in range(_READINGS):
        reading = _Reading(bucket, name, file)
        while not retrying(reading.read_on, endpoint()):
            pass
        digest, expected = reading.digest.hexdigest(), sha256 or reading.noted
        if expected in (None, digest):
            return
    # What was right when it was sent is taken for present by whoever sends it again.
    fix = "delete it, then " if reading.noted == expected else ""
    raise StorageError(
        f"s3://{bucket}/{name}: damaged, sha256 {digest[:12]}… and not {str(expected)[:12]}…; "
        f"{fix}upload it again, a data set by packing it again"
    )


class _Reading:
    """One object on its way into a file.

    Args:
        bucket, name: the object.
        file: to write from its start.

    Attributes:
        digest: sha256 of what was read so far.
        noted: that of the file that the object was made of, in hex, if it was noted.
    """

    def __init__(self, bucket: str, name: str, file: BinaryIO) -> None:
        self._bucket, self._name, self._file = bucket, name, file
        self._begin()

    def _begin(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._size, self._etag = 0, ""
        self.digest = hashlib.sha256()
        self.noted: str | None = None

    def read_on(self) -> bool:
        """Read on; whether the object is complete now.

        Raises:
            BusyError, HTTPError: the connection broke before it brought much.
        """
        start = self._size
        try:
            self._read()
        except (BusyError, HTTPError):
            if self._size - start < _PROGRESS:
                raise
            return False
        except S3Error as error:
            # Another object has taken its place.
            if error.code not in ("PreconditionFailed", "InvalidRange") or not start:
                raise
            self._begin()
            return False
        return True

    def _read(self) -> None:
        headers: DictType = {"If-Match": f'"{self._etag}"'} if self._size else {}
        with client().get_object(
            self._bucket, self._name, offset=self._size, request_headers=headers
        ) as response:
            if self._size and response.status != 206:
                self._begin()
            self._etag = response.headers.get("etag", "").strip('"')
            self.noted = response.headers.get(f"x-amz-meta-{SHA256}")
            # Every object has one: it is something else that was sent.
            if not self._etag:
                raise BusyError(f"status {response.status}, no object")
            begin, before = time.monotonic(), self._size
            # Returns what there is; `stream` would wait for a whole chunk, however slow.
            while data := response.read1(_CHUNK, decode_content=False):
                self._file.write(data)
                self.digest.update(data)
                self._size += len(data)
                if time.monotonic() - begin > _WINDOW:
                    if self._size - before < _SLOWEST:
                        raise BusyError("hardly a byte arrives")
                    begin, before = time.monotonic(), self._size
