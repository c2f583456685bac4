"""Asking whether objects and buckets are there.

The answer to HEAD has no body: where it is a refusal, GET is told the reason, be it the key, the
clock or the bucket's policy.
"""

from __future__ import annotations

from minio.datatypes import Object
from minio.error import S3Error

from pass_ops.storage.client import client, endpoint
from pass_ops.storage.refusal import MISSING
from pass_ops.storage.retry import BusyError, retrying


def find(bucket: str, name: str) -> Object | None:
    """What the server says of an object; None where there is none, or no such bucket.

    Args:
        bucket, name: the object.

    Raises:
        MinioException, HTTPError: the server refuses or cannot be reached.
    """

    def attempt() -> Object | None:
        try:
            found = client().stat_object(bucket, name)
        except S3Error as error:
            if error.code in MISSING:
                return None
            client().get_object(bucket, name).close()
            raise BusyError("refused once") from error
        if not found.etag:
            raise BusyError("no object in the answer")
        return found

    return retrying(attempt, endpoint())


def has_bucket(bucket: str) -> bool:
    """Whether there is a bucket of that name.

    Raises:
        MinioException, HTTPError: the server refuses or cannot be reached.
    """

    def attempt() -> bool:
        try:
            return client().bucket_exists(bucket)
        except S3Error as error:
            next(iter(client().list_objects(bucket)), None)
            raise BusyError("refused once") from error

    return retrying(attempt, endpoint())
