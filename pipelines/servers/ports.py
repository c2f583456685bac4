"""Ports of the loopback interface, for servers that serve this machine alone."""

from __future__ import annotations

import random
import socket

from pass_ops.errors import ConfigError

LOOPBACK = "127.0.0.1"
# Below those that Linux gives to outgoing connections (from 32768), which could take one between
# its choice and the moment, up to 20 s later, in which a server listens.
# Not as far as the first one's neighbour: SeaweedFS refuses a port that is another's.
CHOICE = range(10000, 20000)
NEIGHBOUR = 10000


def free_ports(count: int) -> list[int]:
    """`count` ports p that are free together with p + NEIGHBOUR, as SeaweedFS opens both.

    Raises:
        ConfigError: there are not so many.
    """
    ports: list[int] = []
    for port in random.sample(CHOICE, 1000):
        if port_is_free(port) and port_is_free(port + NEIGHBOUR):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise ConfigError(
        f"no {count} free ports between {CHOICE.start} and {CHOICE.stop + NEIGHBOUR} "
        f"on {LOOPBACK}: stop some servers"
    )


def port_is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback interface now."""
    with socket.socket() as probe:
        # Servers set it too: without it, a port seems taken for a minute after its server ended.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
