"""Packs into S3 that are damaged afterwards, or ended in the middle: packing again mends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.data.packing.pack import pack
from pass_ops.errors import StorageError
from pass_ops.storage.s3 import upload
from pipelines.servers.endpoints import DATA_BUCKET as BUCKET
from tests.integration.faults.store import failing, fetch_all
from tests.integration.faulty_proxy import FAULTS

pytestmark = pytest.mark.usefixtures("s3_settings")
CLI = "from pass_ops.cli import app; app()"


def test_a_set_that_was_damaged_is_mended_by_packing_it_again(
    synthetic_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"s3://{BUCKET}/mended"
    pointer = pack(synthetic_data, uri)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(b"damaged")
    upload(damaged, f"{uri}/images/train-00000.tar")
    with pytest.raises(StorageError, match=r"damaged, .*packing it again"):
        fetch_all(uri, tmp_path / "cache")
    with failing(monkeypatch, rate=0.0, faults=FAULTS) as proxy:
        assert pack(synthetic_data, uri) == pointer
        mended = proxy.sent
        pack(synthetic_data, uri)
        # What is there and intact is not sent.
        assert proxy.sent == mended
    fetch_all(uri, tmp_path / "cache")
    assert 0 < mended < sum(file.stat().st_size for file in (tmp_path / "cache").rglob("*.*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_pack_that_is_ended_leaves_nothing_for_long(
    monkeypatch: pytest.MonkeyPatch, synthetic_data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    uri = f"s3://{BUCKET}/ended-by-{number.name}"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("S3_RETRY_SECONDS", "600")
    command = [sys.executable, "-c", CLI, "data", "pack", str(synthetic_data), uri]
    with failing(monkeypatch, rate=0.0, faults=("stall",)) as proxy:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_until(lambda: proxy.requests > 0)
        proxy.rate = 1.0
        wait_until(lambda: proxy.failed["stall"] > 0)
        left = os.listdir(tmp_path)
        process.send_signal(number)
        process.communicate(timeout=20)
    assert len(left) == 1
    if number == signal.SIGKILL:
        assert os.listdir(tmp_path) == left
    else:
        assert process.returncode == 128 + number
        assert os.listdir(tmp_path) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pack(synthetic_data, uri)
    assert os.listdir(tmp_path) == []


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; fail after a minute."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
