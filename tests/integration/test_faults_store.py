"""S3 that fails: real SeaweedFS behind a proxy that breaks requests. What arrives is right, or one
line says why not.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import minio.time
import pytest
import urllib3

from pass_ops.data.cache import PackedFiles, parse_sums
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.errors import PassError, StorageError
from pass_ops.storage import connections, receive, retry
from pass_ops.storage.s3 import download, ensure_bucket, exists, holds, read_bytes, upload
from pipelines.servers.endpoints import DATA_BUCKET as BUCKET
from tests.integration.faulty_proxy import FAULTS, LASTING, FaultyProxy, faulty_proxy

pytestmark = pytest.mark.usefixtures("s3_settings")


CLI = "from pass_ops.cli import app; app()"
PART = 15 * 2**19
"""Bytes of a part of an upload."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of two parts."""
    path = tmp_path / "source"
    path.write_bytes(os.urandom(9 * 2**20))
    return path


@pytest.fixture
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits shorter than shipped ones, and patience enough for any number of them."""
    monkeypatch.setenv("S3_RETRY_SECONDS", "60")
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0.1)
    monkeypatch.setattr(receive, "_WINDOW", 0.5)
    monkeypatch.setattr(connections, "TIMEOUT", urllib3.Timeout(connect=10, read=1))


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


def require_transfers(
    monkeypatch: pytest.MonkeyPatch, source: Path, *, rate: float, faults: tuple[str, ...]
) -> None:
    """Send a file and get it back, while requests fail.

    Args:
        source: the file.
        rate, faults: see `failing`.
    """
    uri, copy = f"s3://{BUCKET}/faults/{rate}-{len(faults)}-{faults[0]}", source.with_name("copy")
    with failing(monkeypatch, rate=rate, faults=faults) as proxy:
        assert not any(exists(f"{uri}/{number}") for number in range(5))
        ensure_bucket(f"made-at-{rate}-{len(faults)}-{faults[0].replace(' ', '-').lower()}")
        upload(source, uri)
        assert exists(uri)
        assert holds(uri, source)
        download(uri, copy)
        assert read_bytes(uri) == copy.read_bytes() == source.read_bytes()
    assert proxy.failed.total() > 0
    assert proxy.sent < source.stat().st_size + PART * (proxy.failed.total() + 1)


@pytest.mark.usefixtures("_in_haste")
@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_requests_fail_in_every_way(
    monkeypatch: pytest.MonkeyPatch, source: Path, rate: float
) -> None:
    require_transfers(monkeypatch, source, rate=rate, faults=(*FAULTS, "stall"))


@pytest.mark.slow
@pytest.mark.usefixtures("_in_haste")
@pytest.mark.parametrize("fault", [*FAULTS, "stall"])
def test_requests_fail_in_one_way(
    monkeypatch: pytest.MonkeyPatch, source: Path, fault: str
) -> None:
    require_transfers(monkeypatch, source, rate=0.5, faults=(fault,))


@pytest.mark.usefixtures("_in_haste")
def test_a_download_goes_on_where_it_broke(
    monkeypatch: pytest.MonkeyPatch, source: Path, tmp_path: Path
) -> None:
    uri = f"s3://{BUCKET}/broken"
    upload(source, uri)
    with failing(monkeypatch, rate=1.0, faults=("answer cut",)) as proxy:
        monkeypatch.setenv("S3_RETRY_SECONDS", "0")
        with pytest.raises(StorageError, match="cannot reach"):
            download(uri, tmp_path / "copy")
    # Each answer brought half of what was missing, and that was much.
    assert proxy.requests > 5
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ("RequestTimeTooSkewed", "set this machine's clock"),
        ("ExpiredToken", "AWS_SESSION_TOKEN"),
        ("AccessDenied", "the bucket's policy"),
        ("InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_what_no_attempt_mends_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, source: Path, tmp_path: Path, *, fault: str, advice: str
) -> None:
    monkeypatch.setenv("S3_RETRY_SECONDS", "600")
    uri = f"s3://{BUCKET}/refused"
    assert fault in LASTING
    with failing(monkeypatch, rate=1.0, faults=(fault,)) as proxy:
        for attempt in (
            lambda: exists(uri),
            lambda: holds(uri, source),
            lambda: read_bytes(uri),
            lambda: upload(source, uri),
            lambda: download(uri, tmp_path / "copy"),
            lambda: ensure_bucket(BUCKET),
        ):
            with pytest.raises(StorageError) as raised:
                attempt()
            assert advice in str(raised.value)
            assert "\n" not in str(raised.value)
    assert proxy.requests < 15


def test_a_wrong_clock_is_named_by_every_call(
    monkeypatch: pytest.MonkeyPatch, synthetic_data: Path
) -> None:
    now = minio.time.utcnow

    def an_hour_early() -> datetime:
        return now() - timedelta(hours=1)

    monkeypatch.setattr(minio.time, "utcnow", an_hour_early)
    for attempt in (
        lambda: exists(f"s3://{BUCKET}/clock"),
        lambda: read_bytes(f"s3://{BUCKET}/clock"),
        lambda: pack(synthetic_data, f"s3://{BUCKET}/{{digest}}"),
        lambda: ensure_bucket(BUCKET),
    ):
        with pytest.raises(StorageError, match="set this machine's clock"):
            attempt()


def test_a_server_that_never_answers_is_waited_for_aloud_and_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("S3_RETRY_SECONDS", "1")
    monkeypatch.setattr(connections, "TIMEOUT", urllib3.Timeout(connect=10, read=1))
    monkeypatch.setattr(retry, "SILENCE", 0.2)
    monkeypatch.setattr(retry, "_last_line", -1000.0)
    with (
        failing(monkeypatch, rate=1.0, faults=("stall",)) as proxy,
        pytest.raises(StorageError, match=r"cannot reach http\S+ \(ReadTimeoutError\)"),
    ):
        exists(f"s3://{BUCKET}/hung")
    assert proxy.requests < 4
    said = capsys.readouterr().err
    assert said.startswith("waiting for http://127.0.0.1:")
    assert said.count("\n") == 1


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


def fetch_all(uri: str, cache: Path) -> int:
    """Fetch every file of a packed set, verified; returns how many there are."""
    files = PackedFiles(locate(uri), cache)
    names = parse_sums(read_bytes(f"{uri}/SHA256SUMS").decode())
    files.fetch([name for name in names if name.endswith(".tar")])
    return len([files.verified(name) for name in names])


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_table_of_docs_results(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rate: float,
) -> None:
    """As shipped: a set of 336 images in some 20 objects is packed and fetched, five times."""
    monkeypatch.delenv("S3_RETRY_SECONDS")
    data = tmp_path / "set"
    write_synthetic(data)
    digest = pack(data, str(tmp_path / "expected"), 150_000).digest
    whole, seconds, errors = 0, [], []
    requests, failed = 0, Counter[str]()
    for seed in range(5):
        uri, cache = f"s3://{BUCKET}/table-{rate}-{seed}", tmp_path / "cache"
        start = time.monotonic()
        with failing(monkeypatch, rate=rate, faults=(*FAULTS, "stall"), seed=seed) as proxy:
            try:
                assert pack(data, uri, 150_000).digest == digest
                fetch_all(uri, cache)
            except PassError as error:
                errors.append(str(error))
            else:
                whole += 1
                expected = {
                    path.name: path.read_bytes() for path in files_of(tmp_path / "expected")
                }
                found = {path.name: path.read_bytes() for path in files_of(cache)}
                assert found == expected
        seconds.append(time.monotonic() - start)
        requests, failed = requests + proxy.requests, failed + proxy.failed
        shutil.rmtree(cache, ignore_errors=True)
    with capsys.disabled():
        print(
            f"\n| {rate:.0%} | {requests} | {failed.total()} | {whole} of 5 | {min(seconds):.0f} | "
            f"{statistics.median(seconds):.0f} | {max(seconds):.0f} |",
            *errors,
            sep="\n",
        )
    assert all("\n" not in error for error in errors)
    assert whole == 5 or rate > 0.5


def files_of(folder: Path) -> list[Path]:
    """Shards, tables and checksums below a folder."""
    return [path for path in folder.rglob("*.*") if path.is_file() and path.name != "pointer.json"]
