"""Ports that a server could take."""

from __future__ import annotations

import socket

from pipelines.servers.ports import CHOICE, LOOPBACK, NEIGHBOUR, free_ports, port_is_free


def test_free_ports_are_free_together_with_their_neighbours() -> None:
    ports = free_ports(6)
    assert len(set(ports)) == 6
    for port in ports:
        assert port_is_free(port)
        assert port_is_free(port + NEIGHBOUR)


def test_no_port_can_be_the_neighbour_of_another() -> None:
    assert set(CHOICE).isdisjoint(port + NEIGHBOUR for port in CHOICE)


def test_a_port_that_someone_listens_on_is_taken() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        assert not port_is_free(other.getsockname()[1])
