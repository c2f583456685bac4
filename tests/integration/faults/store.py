"""A real S3 server behind a proxy that lets requests fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pass_ops.data.cache import PackedFiles, parse_sums
from pass_ops.data.locate import locate
from pass_ops.storage.s3 import read_bytes
from tests.integration.faulty_proxy import FaultyProxy, faulty_proxy


@contextmanager
def failing(
    monkeypatch: pytest.MonkeyPatch, *, rate: float, faults: tuple[str, ...], seed: int = 31
) -> Iterator[FaultyProxy]:
    """Let clients reach the server through a faulty proxy while the block lasts.

    Args:
        rate: share of requests that fail.
        faults: the ways in which they do.
        seed: of the draws.
    """
    upstream = os.environ["S3_ENDPOINT"]
    with faulty_proxy(upstream, rate=rate, faults=faults, seed=seed) as (address, proxy):
        monkeypatch.setenv("S3_ENDPOINT", address)
        yield proxy
    monkeypatch.setenv("S3_ENDPOINT", upstream)


def fetch_all(uri: str, cache: Path) -> None:
    """Fetch every file of a packed set, verified."""
    files = PackedFiles(locate(uri), cache)
    names = parse_sums(read_bytes(f"{uri}/SHA256SUMS").decode())
    files.fetch([name for name in names if name.endswith(".tar")])
    for name in names:
        files.verified(name)
