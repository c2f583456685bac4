"""What `make ui` refuses to serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pipelines.servers.ui import main, serve


def test_before_the_first_run_there_is_nothing_to_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(
        ConfigError, match=f"{tmp_path}/mlflow: no run has been recorded yet: make run first"
    ):
        serve(tmp_path, None)


def test_a_named_server_is_not_served_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")
    monkeypatch.chdir(tmp_path)
    assert main([]) == 1
    assert capsys.readouterr().err.startswith(
        "error: MLFLOW_TRACKING_URI=https://mlflow.example: open that"
    )
