"""How ranks find the process that started them, on this machine or another, and how it listens.

Both ends prove to each other that they know a key before anything is unpickled.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, answer_challenge, deliver_challenge
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUnixStreamServer
from typing import Any

FILE = "contact.json"
Address = str | tuple[str, int]
"""Path of a Unix socket; or host and port, 0 for any that is free."""


@contextmanager
def listening(folder: Path, address: Address, reports: object) -> Iterator[Path]:
    """Take what ranks tell while the block runs.

    Args:
        folder: that all ranks see.
        address: to listen at.
        reports: whose methods they call.

    Yields:
        the file by which ranks find this process. It holds the key: its owner alone may read it.
    """
    key = secrets.token_bytes(32)
    connections: set[socket.socket] = set()

    class Handler(BaseRequestHandler):
        """One rank."""

        def handle(self) -> None:
            connections.add(self.request)
            _ask_in_silence(self.request)
            # It may be killed at any time.
            with (
                suppress(OSError, EOFError, AuthenticationError),
                Connection(os.dup(self.request.fileno())) as connection,
            ):
                deliver_challenge(connection, key)
                answer_challenge(connection, key)
                while True:
                    method, arguments = connection.recv()
                    getattr(reports, method)(*arguments)
                    connection.send(None)

    with _server(address, Handler) as server:
        # One of a machine that is gone may never end.
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield _written(folder, server.server_address, key)
        finally:
            server.shutdown()
            thread.join()
            for one in connections:
                # A rank that is still there ends by it.
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


def connected(contact: Path) -> Connection[Any, Any]:
    """A connection to the process that listens.

    Args:
        contact: see `listening`.

    Raises:
        ConnectionError: it does not listen any more.
    """
    content = json.loads(contact.read_text())
    address = content["address"]
    connection = Client(
        address if isinstance(address, str) else tuple(address),
        authkey=bytes.fromhex(content["key"]),
    )
    with socket.socket(fileno=os.dup(connection.fileno())) as own:
        _ask_in_silence(own)
    return connection


def _server(address: Address, handler: type[BaseRequestHandler]) -> Any:
    if isinstance(address, str):
        return ThreadingUnixStreamServer(address, handler)
    return ThreadingTCPServer(address, handler)


def _written(folder: Path, address: Address | bytes, key: bytes) -> Path:
    """The file that says where to connect to, and by which key.

    Args:
        folder: where it lies.
        address: of the server.
        key: that both ends know.
    """
    path = folder / FILE
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"address": address, "key": key.hex()}, file)
    return path


def _ask_in_silence(one: socket.socket) -> None:
    """Let a connection end within two minutes where the other machine has gone without a word."""
    if one.family == socket.AF_INET:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 20)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
