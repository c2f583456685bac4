"""What is tried again, and what is not."""

from __future__ import annotations

import pytest
from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3.exceptions import ProtocolError, SSLError
from urllib3.response import HTTPResponse

from pass_ops.storage import retry
from pass_ops.storage.retry import ATTEMPTS, retrying


def s3_error(code: str, status: int) -> S3Error:
    return S3Error(HTTPResponse(status=status), code, "message", "/bucket/name", "request", "host")


class Attempt:
    """Fails with the given errors, one after the other, then returns how often it was called."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    def __call__(self) -> int:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)


@pytest.mark.parametrize(
    "error",
    [
        s3_error("InternalError", 500),
        s3_error("ServiceUnavailable", 503),
        s3_error("SlowDown", 429),
        ServerError("busy", 502),
        InvalidResponseError(503, "text/html", "<html>"),
        ProtocolError("connection broken"),
    ],
    ids=repr,
)
def test_tries_again_what_may_pass(error: Exception) -> None:
    attempt = Attempt(error, error)
    assert retrying(attempt) == 3


@pytest.mark.parametrize(
    "error",
    [
        s3_error("AccessDenied", 403),
        s3_error("NoSuchKey", 404),
        SSLError("certificate"),
        OSError(28, "full"),
    ],
    ids=repr,
)
def test_gives_up_at_once_on_what_will_not_pass(error: Exception) -> None:
    attempt = Attempt(error)
    with pytest.raises(type(error)):
        retrying(attempt)
    assert attempt.calls == 1


def test_gives_up_after_six_attempts() -> None:
    attempt = Attempt(*[ProtocolError("connection broken")] * 20)
    with pytest.raises(ProtocolError):
        retrying(attempt)
    assert attempt.calls == ATTEMPTS == 6


def test_pauses_double(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.2)
    monkeypatch.setattr(retry.time, "sleep", pauses.append)
    with pytest.raises(ProtocolError):
        retrying(Attempt(*[ProtocolError("connection broken")] * 20))
    assert pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2])
