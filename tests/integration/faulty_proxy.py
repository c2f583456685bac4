"""A proxy before a real S3 server that lets a share of the requests fail, each in one of many ways.

It is plain HTTP/1.1 on loopback. Which requests fail, and how, is drawn from a seed.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Answers in the server's place: status, type, body.
_XML = "application/xml"
_BUSY = {
    "503 SlowDown": (503, _XML, "SlowDown"),
    "503 of a gateway": (503, "text/html", "<html>503</html>"),
    "500": (500, _XML, "InternalError"),
    "429": (429, _XML, "TooManyRequests"),
    "RequestTimeout": (400, _XML, "RequestTimeout"),
    "error in 200": (200, _XML, "InternalError"),
}
LASTING = {
    "RequestTimeTooSkewed": (403, _XML, "RequestTimeTooSkewed"),
    "ExpiredToken": (400, _XML, "ExpiredToken"),
    "AccessDenied": (403, _XML, "AccessDenied"),
    "InvalidAccessKeyId": (403, _XML, "InvalidAccessKeyId"),
}
_BROKEN = (
    "reset before",
    "reset after",
    "request cut",
    "answer cut",
    "answer cut by reset",
    "request flipped",
    "answer flipped",
    "drip",
)
FAULTS = (*_BUSY, *_BROKEN)
"""Whatever another attempt can mend, but "stall", which takes a client's time-out each time."""


class FaultyProxy:
    """What fails, and what did.

    Attributes:
        rate: share of requests that fail, 0 to 1.
        faults: the ways in which they do.
        requests, failed: how many there were; how many of them failed, by way.
        sent: bytes of the bodies of all requests.
    """

    def __init__(self, upstream: str, rate: float, faults: Sequence[str], seed: int) -> None:
        self.rate, self.faults = rate, faults
        self.requests, self.sent, self.failed = 0, 0, Counter[str]()
        self.upstream = upstream.removeprefix("http://")
        self._draws, self._lock = random.Random(seed), threading.Lock()

    def draw(self, size: int) -> str:
        """How the next request fails; "" if it does not.

        Args:
            size: bytes of its body.
        """
        with self._lock:
            self.requests, self.sent = self.requests + 1, self.sent + size
            if self._draws.random() >= self.rate:
                return ""
            fault = self._draws.choice(list(self.faults))
            self.failed[fault] += 1
            return fault


@contextmanager
def faulty_proxy(
    upstream: str, *, rate: float = 1.0, faults: Sequence[str] = FAULTS, seed: int = 31
) -> Iterator[tuple[str, FaultyProxy]]:
    """Run a proxy; yields its address, and what it counts.

    Args:
        upstream: address of the server behind it.
        rate, faults: see `FaultyProxy`.
        seed: of the draws.
    """
    state = FaultyProxy(upstream, rate, faults, seed)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": state}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", state
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.stopped = threading.Event()

    def handle_error(self, *_: Any) -> None:
        """Say nothing of connections that clients broke."""


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultyProxy
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def handle_one_request(self) -> None:
        """Read a request, and answer it or fail to."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.draw(len(body))
        if fault == "stall":
            self.server.stopped.wait()
        if fault in ("stall", "reset before"):
            self._reset()
        elif fault in _BUSY or fault in LASTING:
            self._answer_oneself(*(_BUSY | LASTING)[fault])
        else:
            self._pass_on(body, fault)

    def _answer_oneself(self, status: int, kind: str, content: str) -> None:
        body = content if kind != _XML else f"<Error><Code>{content}</Code></Error>"
        self._write(status, {"Content-Type": kind, "Content-Length": str(len(body))}, body.encode())

    def _pass_on(self, body: bytes, fault: str) -> None:
        connection = HTTPConnection(self.proxy.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name != "Connection"}
        sent = _flipped(body) if fault == "request flipped" else body
        if fault == "request cut":
            sent = body[: len(body) // 2]
        try:
            connection.request(self.command, self.path, sent or None, headers)
            if fault == "request cut":
                self._reset()
                return
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self._reset()
            return
        finally:
            connection.close()
        if fault == "reset after":
            self._reset()
        else:
            self._relay(answer, content, fault)

    def _relay(self, answer: HTTPResponse, content: bytes, fault: str) -> None:
        dropped = ("transfer-encoding", "connection", "content-length")
        headers = {
            name: value for name, value in answer.getheaders() if name.lower() not in dropped
        }
        length = answer.getheader("Content-Length") if self.command == "HEAD" else len(content)
        headers["Content-Length"] = str(length or 0)
        # Of lists of objects, no one can tell.
        if fault == "answer flipped" and "xml" not in headers.get("Content-Type", ""):
            content = _flipped(content)
        if fault in ("answer cut", "answer cut by reset") and content:
            self._write(answer.status, headers, content[: len(content) // 2])
            self.close_connection = True
            if fault == "answer cut by reset":
                self._reset()
        elif fault == "drip" and content:
            self._write(answer.status, headers, content[:1])
            for byte in content[1:10_000]:
                time.sleep(0.02)
                with suppress(OSError):
                    self.wfile.write(bytes([byte]))
                if self.server.stopped.is_set():
                    break
            self._reset()
        else:
            self._write(answer.status, headers, content)

    def _write(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _reset(self) -> None:
        """End the connection by RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def _flipped(data: bytes) -> bytes:
    """`data` with one other bit in the middle."""
    changed = bytearray(data)
    if changed:
        changed[len(changed) // 2] ^= 1
    return bytes(changed)
