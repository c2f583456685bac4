"""S3 that fails: real SeaweedFS behind a proxy that breaks requests. What arrives is right, or one
line says why not.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import minio.time
import pytest
import urllib3

from pass_ops.data.packing.pack import pack
from pass_ops.errors import StorageError
from pass_ops.storage import connections, receive, retry
from pass_ops.storage.s3 import download, ensure_bucket, exists, holds, read_bytes, upload
from pipelines.servers.endpoints import DATA_BUCKET as BUCKET
from tests.integration.faults.store import failing
from tests.integration.faulty_proxy import FAULTS, LASTING

pytestmark = pytest.mark.usefixtures("s3_settings")
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
