"""Which S3 server, and the connection to it.

The server is configuration: S3_ENDPOINT (`http[s]://host:port`), AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, S3_REGION (us-east-1 unless set) and AWS_CA_BUNDLE (a file of certificates to
trust, for https).
"""

from __future__ import annotations

import os
from functools import lru_cache
from urllib.parse import urlsplit

import urllib3
from minio import Minio

from pass_ops.errors import StorageError

_TIMEOUT = urllib3.Timeout(connect=10, read=60)


def client() -> Minio:
    """The client of the configured server; threads may share it.

    Raises:
        StorageError: a setting is missing or wrong.
    """
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise StorageError(
            f"environment: {' and '.join(missing)} not set; set the S3 server's credentials"
        )
    key, secret = (os.environ[name] for name in names)
    return _client(
        address=endpoint(),
        key=key,
        secret=secret,
        region=os.environ.get("S3_REGION") or "us-east-1",
        ca_bundle=os.environ.get("AWS_CA_BUNDLE"),
        # Connections must not be shared with a forked process: it gets a client of its own.
        _process=os.getpid(),
    )


def endpoint() -> str:
    """The server's address, `http[s]://host:port`.

    Raises:
        StorageError: S3_ENDPOINT is unset or no such address.
    """
    address = os.environ.get("S3_ENDPOINT", "").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise StorageError(
            f"S3_ENDPOINT is '{address}'; set it to http://host:port or https://host:port"
        )
    return address


@lru_cache(maxsize=4)
def _client(
    *, address: str, key: str, secret: str, region: str, ca_bundle: str | None, _process: int
) -> Minio:
    """One client for each combination of settings.

    Args:
        address: `http[s]://host:port`.
        key, secret: the credentials.
        region: as the server calls its own.
        ca_bundle: file of certificates to trust; None for the system's.
        _process: id of the process, which only tells clients apart.
    """
    parts = urlsplit(address)
    # No retries here: `retrying` also covers a connection that breaks while an answer is being
    # read.
    pool = urllib3.PoolManager(
        maxsize=16, timeout=_TIMEOUT, retries=False, ca_certs=ca_bundle, cert_reqs="CERT_REQUIRED"
    )
    return Minio(
        parts.netloc, key, secret, secure=parts.scheme == "https", region=region, http_client=pool
    )
