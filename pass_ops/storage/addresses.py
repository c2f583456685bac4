"""Telling addresses in S3 from paths.

Apart from `storage.s3`, whose client takes a tenth of a second to import: stages, and the command
line, import that where they get something from S3, and they rarely do.
"""

from __future__ import annotations

import re

from pass_ops.errors import StorageError, without_login

SCHEME = "s3://"


def is_s3(uri: str) -> bool:
    """Whether `uri` is an object's or a prefix's, and not a path.

    Raises:
        StorageError: it is an address of another kind, or has a login in it.
    """
    if uri.startswith(SCHEME) and uri != without_login(uri):
        raise StorageError(
            f"{uri}: holds a user or password; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if uri.startswith(SCHEME):
        return True
    if re.match(r"(?i)[a-z0-9]+://|s3:", uri):
        raise StorageError(
            f"{uri}: neither a folder nor an address in S3; write {SCHEME}bucket/name"
        )
    return False
