"""Asking whether objects and buckets are there.

The answer to HEAD has no body: where it is a refusal, GET is told the reason, be it the key, the
clock or the bucket's policy.
"""

from __future__ import annotations

from functools import partial

from minio.datatypes import Object
from minio.error import S3Error

from pass_ops.storage.client import client, endpoint
from pass_ops.storage.refusal import MISSING
from pass_ops.storage.retry import BusyError, retrying


def look(bucket: str, name: str) -> Object:
    """What the server says of an object.

    Args:
        bucket, name: the object.

    Raises:
        MinioException, HTTPError: there is none; the server refuses or cannot be reached.
    """
    return retrying(partial(_look, bucket, name), endpoint())


def find(bucket: str, name: str) -> Object | None:
    """`look`, or None where there is no such object, or no such bucket.

    Args:
        bucket, name: the object.
    """
    try:
        return look(bucket, name)
    except S3Error as error:
        if error.code in MISSING:
            return None
        raise


def _look(bucket: str, name: str) -> Object:
    """What the server says of an object, or why it says nothing.

    Args:
        bucket, name: the object.
    """
    try:
        answer = client().stat_object(bucket, name)
    except S3Error as error:
        if error.code in MISSING:
            raise
        client().get_object(bucket, name).close()
        raise BusyError("refused once") from error
    if not answer.etag:
        raise BusyError("no object in the answer")
    return answer


def has_bucket(bucket: str) -> bool:
    """Whether there is a bucket of that name.

    Raises:
        MinioException, HTTPError: the server refuses or cannot be reached.
    """

    def attempt() -> bool:
        try:
            return client().bucket_exists(bucket)
        except S3Error as error:
            try:
                next(iter(client().list_objects(bucket)), None)
            except S3Error as reason:
                if reason.code == "NoSuchBucket":
                    return False
                raise
            raise BusyError("refused once") from error

    return retrying(attempt, endpoint())
