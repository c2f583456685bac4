"""Which S3 server, and the connection to it.

The server is configuration: S3_ENDPOINT (`http[s]://host:port`), AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (of temporary credentials), S3_REGION (us-east-1 unless
set) and AWS_CA_BUNDLE (a file of certificates to trust, for https). How long it is waited for is
told in `retry`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from urllib.parse import urlsplit

from minio import Minio

from pass_ops.errors import StorageError
from pass_ops.storage.connections import Connections


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
    # A line break at the end, as `echo` makes it, is often in a Secret.
    for name in (*names, "AWS_SESSION_TOKEN", "S3_REGION"):
        value = os.environ.get(name, "")
        if not value.isascii() or not value.isprintable() or " " in value:
            raise StorageError(
                f"{name} holds a blank, a line break or a sign beyond ASCII; mend it"
            )
    key, secret = (os.environ[name] for name in names)
    return _client(
        address=endpoint(),
        key=key,
        secret=secret,
        # Empty where a server of our own takes the place of the one that it is for.
        token=os.environ.get("AWS_SESSION_TOKEN") or None,
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
    if "@" in address:
        # Not repeated: there may be a secret in it.
        raise StorageError(
            "S3_ENDPOINT holds a user or password; set it to http://host:port, "
            "and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the credentials"
        )
    if not _is_address(address):
        raise StorageError(
            f"S3_ENDPOINT is '{address}'; set it to http://host:port or https://host:port"
        )
    return address


def _is_address(text: str) -> bool:
    """Whether a text is scheme, host and maybe a port, and nothing else."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and text == f"{parts.scheme}://{parts.netloc}"
        )
    # A port that is no number, half of an address in brackets.
    except ValueError:
        return False


@lru_cache(maxsize=4)
def _client(
    *,
    address: str,
    key: str,
    secret: str,
    token: str | None,
    region: str,
    ca_bundle: str | None,
    _process: int,
) -> Minio:
    """One client for each combination of settings.

    Args:
        address: `http[s]://host:port`.
        key, secret, token: the credentials; permanent ones have no token.
        region: as the server calls its own.
        ca_bundle: file of certificates to trust; None for the system's.
        _process: id of the process, which only tells clients apart.
    """
    parts = urlsplit(address)
    return Minio(
        parts.netloc,
        key,
        secret,
        session_token=token,
        secure=parts.scheme == "https",
        region=region,
        http_client=Connections(address, ca_bundle),
    )
