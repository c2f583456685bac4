"""What is tried again, for how long, and what is not."""

from __future__ import annotations

import ssl
import statistics

import pytest
from minio.error import InvalidResponseError, S3Error
from tenacity import nap
from urllib3.exceptions import HTTPError, ProtocolError, SSLError
from urllib3.response import HTTPResponse

from pass_ops.errors import ConfigError
from pass_ops.storage import retry
from pass_ops.storage.retry import BusyError, retry_seconds, retrying, waiting

SERVER = "http://host:9000"


class Attempt:
    """Fails with the given errors, one after the other, then returns how often it was called."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    def __call__(self) -> int:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of every pause, none of which is made."""
    made: list[float] = []
    monkeypatch.setattr(nap.time, "sleep", made.append)
    return made


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize(
    "error",
    [
        BusyError("status 503, SlowDown"),
        HTTPError("read timed out"),
        ProtocolError("connection broken"),
        SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")),
    ],
    ids=repr,
)
def test_tries_again_what_may_pass(error: Exception) -> None:
    assert retrying(Attempt(error, error), SERVER) == 3


@pytest.mark.parametrize(
    "error",
    [
        S3Error(HTTPResponse(status=403), "AccessDenied", "message", "/b/n", "request", "host"),
        InvalidResponseError(404, "text/html", "<html>"),
        SSLError(ssl.SSLCertVerificationError(1, "certificate verify failed")),
        OSError(28, "full"),
    ],
    ids=repr,
)
def test_gives_up_at_once_on_what_will_not_pass(error: Exception) -> None:
    attempt = Attempt(error)
    with pytest.raises(type(error)):
        retrying(attempt, SERVER)
    assert attempt.calls == 1


def test_gives_up_when_time_is_over_with_the_last_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_RETRY_SECONDS", "0.3")
    attempt = Attempt(*[BusyError("busy")] * 1000, ProtocolError("last"))
    with pytest.raises(BusyError):
        retrying(attempt, SERVER)
    assert 1 < attempt.calls < 100


def test_pauses_are_drawn_from_growing_intervals(pauses: list[float]) -> None:
    for _ in range(300):
        retrying(Attempt(*[BusyError("busy")] * 8), SERVER)
    for number in range(8):
        drawn = pauses[number::8]
        limit = min(0.2 * 2**number, 2.0)
        assert 0 <= min(drawn) < 0.1 * limit
        assert 0.9 * limit < max(drawn) <= limit
        assert statistics.mean(drawn) == pytest.approx(limit / 2, rel=0.15)


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "601"])
def test_no_number_of_seconds(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("S3_RETRY_SECONDS", text)
    with pytest.raises(ConfigError, match=f"S3_RETRY_SECONDS is '{text}'"):
        retry_seconds()


@pytest.mark.parametrize(("text", "seconds"), [("", 90.0), ("0", 0.0), ("12.5", 12.5)])
def test_seconds(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    monkeypatch.setenv("S3_RETRY_SECONDS", text)
    assert retry_seconds() == seconds


def test_whoever_waits_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(retry, "SILENCE", 0.05)
    monkeypatch.setattr(retry, "_last_line", -1000.0)
    monkeypatch.setenv("S3_RETRY_SECONDS", "30")
    retrying(Attempt(*[BusyError("status 503, SlowDown")] * 4), SERVER)
    with waiting(SERVER):
        retrying(Attempt(*[BusyError("status 503, SlowDown")] * 4), SERVER)
    assert capsys.readouterr().err == (
        f"waiting for {SERVER} (status 503, SlowDown); "
        "a request is given up after 30 s (S3_RETRY_SECONDS)\n"
    )
