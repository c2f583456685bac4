"""The MLflow server of a local run; tests/integration/tracking/test_mlflow.py talks to one."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.ports import LOOPBACK


def test_a_taken_port_is_named_before_a_server_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"port {port} is taken"),
            mlflow_server(tmp_path, {}, port),
        ):
            pass
    assert list(tmp_path.iterdir()) == []
