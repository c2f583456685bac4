"""HTTP connections to an S3 server: every request checked, and made again by itself.

MinIO's client makes its requests through these, so that of a large upload only the part is sent
again that failed.
"""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import urllib3
from urllib3.response import BaseHTTPResponse

from pass_ops.storage.retry import BusyError, retrying, waiting

# A connection is tried for so many seconds, and no byte waited for longer than that. minio waits
# for five minutes.
TIMEOUT = urllib3.Timeout(connect=10, read=20)
# As many requests at once as four uploads of three parts each make.
CONNECTIONS = 16
# urllib3 (2.7) hands a body of bytes to `sendall`, and CPython gives the whole of it the time-out
# of one byte: a part would fail on any slow line. A file is sent in blocks, each with a time-out.
_BLOCK = 2**17

# 501 is "not implemented", 507 a full disk.
_LASTING = (501, 507)
_PASSING = (408, 429)
# What answers with status 400 or 409 say of a body that did not arrive as it was sent, or of
# another request that gets in the way.
_PASSING_CODES = (
    "BadDigest",
    "IncompleteBody",
    "InvalidPart",
    "InvalidPartOrder",
    "MalformedXML",
    "OperationAborted",
    "RequestTimeout",
    "SlowDown",
    "XAmzContentSHA256Mismatch",
)


class Connections(urllib3.PoolManager):
    """The connections of one client.

    Args:
        server: address, `http[s]://host:port`.
        ca_bundle: file of certificates to trust; None for the system's.
    """

    def __init__(self, server: str, ca_bundle: str | None) -> None:
        super().__init__(
            maxsize=CONNECTIONS,
            timeout=TIMEOUT,
            blocksize=_BLOCK,
            retries=False,
            ca_certs=ca_bundle,
            cert_reqs="CERT_REQUIRED",
        )
        self._server = server

    # The parameters of PoolManager, which urllib3 2 itself marks as others than those of its base
    # class RequestMethods.
    def urlopen(  # type: ignore[override]
        self, method: str, url: str, redirect: bool = True, **options: Any
    ) -> BaseHTTPResponse:
        """The answer to a request, which is made again as long as another may be better.

        An answer whose body is streamed is not asked for again here, since it can still break:
        who reads it does that. Nor is the end of an upload that has failed already.

        Args:
            method, url, redirect, options: see `urllib3.PoolManager.urlopen`.

        Raises:
            BusyError, HTTPError: no good answer.
        """
        body = options.pop("body", None)
        if body and "Content-MD5" not in options["headers"]:
            # SeaweedFS (4.48; weed/s3api/s3api_object_handlers_put.go, putToFiler) compares nothing
            # else with what arrived: bits that flip on the way would be stored. It need not be
            # signed, which minio has done by now.
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            options["headers"]["Content-MD5"] = b64encode(digest).decode()

        streamed = not options.get("preload_content", True)

        def attempt() -> BaseHTTPResponse:
            content = io.BytesIO(body) if body else body
            with waiting(self._server):
                response = super(Connections, self).urlopen(
                    method, url, redirect, body=content, **options
                )
                if not streamed or response.status >= 300:
                    _require_good(response, method)
            return response

        abort = method == "DELETE" and "uploadId" in parse_qs(urlsplit(url).query)
        return attempt() if streamed or abort else retrying(attempt, self._server)


def _require_good(response: BaseHTTPResponse, method: str) -> None:
    """Refuse an answer in whose place another attempt may get a better one.

    Args:
        response: the answer.
        method: of the request.

    Raises:
        BusyError: it is such an answer.
    """
    status = response.status
    code = _code(response, method)
    # CompleteMultipartUpload tells of errors in answers with status 200, too.
    if code and status < 300:
        raise BusyError(f"status {status}, {code}")
    if status in _PASSING or (status >= 500 and status not in _LASTING) or code in _PASSING_CODES:
        raise BusyError(f"status {status}{code and f', {code}'}")


def _code(response: BaseHTTPResponse, method: str) -> str:
    """The error code in an answer; "" if there is none.

    Args:
        response: the answer.
        method: of the request; the answer to HEAD has no body.

    Raises:
        BusyError: the body is damaged.
    """
    is_xml = "xml" in response.headers.get("content-type", "")
    if method == "HEAD" or not is_xml or not response.data:
        return ""
    try:
        root = ElementTree.fromstring(response.data)
    except ElementTree.ParseError as error:
        raise BusyError(f"status {response.status}, damaged XML") from error
    return root.findtext("{*}Code", "Error") if root.tag.rpartition("}")[2] == "Error" else ""
