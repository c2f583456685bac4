"""What an S3 server refuses, in one line that says what to do."""

from __future__ import annotations

from ssl import SSLEOFError
from xml.etree.ElementTree import ParseError

import pytest
from minio.error import InvalidResponseError, S3Error
from urllib3.exceptions import ProtocolError, SSLError
from urllib3.response import HTTPResponse

from pass_ops.storage.refusal import refusal
from pass_ops.storage.retry import BusyError

URI, SERVER = "s3://bucket/name", "http://host:9000"


def s3_error(code: str, message: str = "message") -> S3Error:
    return S3Error(HTTPResponse(status=403), code, message, "/bucket/name", "request", "host")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (s3_error("InvalidAccessKeyId"), "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (s3_error("SignatureDoesNotMatch"), "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (s3_error("AccessDenied"), "check AWS_ACCESS_KEY_ID and the bucket's policy"),
        (s3_error("NoSuchBucket"), "create it"),
        (s3_error("NoSuchKey"), "check the address, or write the object again"),
        (s3_error("InsufficientStorage"), "free some"),
        (s3_error("Unheard", "two\n lines"), "answers Unheard (two lines); see the server's log"),
        (s3_error("RequestTimeTooSkewed"), "set this machine's clock"),
        (s3_error("ExpiredToken"), "renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESS"),
        (BusyError("status 503"), "(status 503); try again later"),
        (ParseError("no XML"), "does not answer as S3 does"),
        (SSLError(SSLEOFError(8, "EOF")), "cannot reach"),
        (SSLError("certificate"), "set AWS_CA_BUNDLE to its CA's file"),
        (InvalidResponseError(200, "text/html", "<html>"), "check S3_ENDPOINT"),
        (ProtocolError("broken"), "cannot reach http://host:9000 (ProtocolError)"),
    ],
    ids=repr,
)
def test_every_refusal_is_one_line_that_says_what_to_do(error: Exception, advice: str) -> None:
    message = str(refusal(URI, SERVER, error))
    assert message.startswith(f"{URI}: ")
    assert SERVER in message
    assert advice in message
    assert "\n" not in message
