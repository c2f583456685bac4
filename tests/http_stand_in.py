"""Servers that stand in for an API which no test can have: over HTTP, on the loopback interface."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class JsonHandler(BaseHTTPRequestHandler):
    """Answers in JSON; what it answers from is an attribute that `served` gives it."""

    def answer(self, status: int, content: object) -> None:
        """Answer a request.

        Args:
            status: of the answer.
            content: what becomes its JSON.
        """
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest's output is for the tests."""


@contextmanager
def served(
    handler: type[JsonHandler], *, tls: ssl.SSLContext | None = None, **attributes: object
) -> Iterator[str]:
    """Serve on the loopback interface; yields the address.

    Args:
        handler: answers.
        tls: certificate and key, to serve https.
        attributes: of the handler.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), attributes))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    # Half a second, the default, is what every test would wait for at its end.
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
