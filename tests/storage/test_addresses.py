"""What is an address in S3."""

from __future__ import annotations

import pytest

from pass_ops.errors import StorageError
from pass_ops.storage.addresses import is_s3


def test_is_s3() -> None:
    assert is_s3("s3://bucket/name")
    assert not is_s3("folder/s3://")
    assert not is_s3("run:1/packed")
    with pytest.raises(StorageError, match="write s3://bucket/name"):
        is_s3("gs://bucket/name")
