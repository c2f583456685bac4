"""Trying again what a busy or restarting server refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3.exceptions import HTTPError, SSLError

ATTEMPTS = 6
FIRST_PAUSE = 0.2
"""Seconds before the second attempt; each further pause is twice as long, 6.2 s in all."""

T = TypeVar("T")


def retrying(attempt: Callable[[], T]) -> T:
    """What `attempt` returns, tried up to 6 times while the server is busy or out of reach.

    Raises:
        whatever the last attempt raised, or any attempt that another one would not mend.
    """
    for number in range(ATTEMPTS - 1):
        try:
            return attempt()
        except (S3Error, ServerError, InvalidResponseError, HTTPError) as error:
            if not _may_pass(error):
                raise
            time.sleep(FIRST_PAUSE * 2**number)
    return attempt()


def _may_pass(error: Exception) -> bool:
    if isinstance(error, S3Error):
        return error.code == "SlowDown" or error.response.status >= 500
    # An answer that is not XML comes from a proxy or a starting server; a certificate does not get
    # better.
    return not isinstance(error, SSLError)
