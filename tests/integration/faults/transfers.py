"""A set that is packed into S3 and fetched while requests fail, again and again."""

from __future__ import annotations

import shutil
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pass_ops.data.packing.pack import pack
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.errors import PassError
from pipelines.servers.endpoints import DATA_BUCKET
from tests.integration.faults.store import failing, fetch_all
from tests.integration.faulty_proxy import FAULTS

TRIES = 5
_SHARD = 150_000


@dataclass
class Transfers:
    """What came of `TRIES` tries.

    Attributes:
        rate: share of requests that fail.
        requests: that were made.
        failed: of these, by the way in which they did.
        whole: tries after which every byte was there.
        seconds: of each try.
        errors: of the other tries.
    """

    rate: float
    requests: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    whole: int = 0
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        times = (min(self.seconds), statistics.median(self.seconds), max(self.seconds))
        return (
            f"{self.rate:.0%} of requests fail: {self.requests} requests, {self.failed.total()} "
            f"failed, {self.whole} of {TRIES} sets whole, seconds: "
            + ", ".join(f"{time:.0f}" for time in times)
        )


def transfers(monkeypatch: pytest.MonkeyPatch, folder: Path, rate: float) -> Transfers:
    """Pack and fetch a set of 336 images in some 20 objects, with the waits as they are shipped.

    Args:
        folder: for the set and its copies.
        rate: share of requests that fail.
    """
    monkeypatch.delenv("S3_RETRY_SECONDS")
    data, found = folder / "set", Transfers(rate)
    write_synthetic(data)
    digest = pack(data, str(folder / "expected"), _SHARD).digest
    for seed in range(TRIES):
        uri, cache = f"s3://{DATA_BUCKET}/table-{rate}-{seed}", folder / "cache"
        start = time.monotonic()
        with failing(monkeypatch, rate=rate, faults=(*FAULTS, "stall"), seed=seed) as proxy:
            try:
                assert pack(data, uri, _SHARD).digest == digest
                fetch_all(uri, cache)
            except PassError as error:
                found.errors.append(str(error))
            else:
                found.whole += 1
                assert _files(cache) == _files(folder / "expected")
        found.seconds.append(time.monotonic() - start)
        found.requests += proxy.requests
        found.failed += proxy.failed
        shutil.rmtree(cache, ignore_errors=True)
    return found


def _files(folder: Path) -> dict[str, bytes]:
    """Shards, tables and checksums below a folder."""
    return {
        path.name: path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file() and path.name != "pointer.json"
    }
