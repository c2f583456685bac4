"""What `make ui` refuses to serve, and what it shows of a run in progress."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pipelines.servers.store import record_holder, store_lock
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
    assert main([]) == 2
    assert capsys.readouterr().err.startswith(
        "error: MLFLOW_TRACKING_URI=https://mlflow.example: open that"
    )


def test_during_a_run_its_own_server_is_shown_and_none_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    served = "the make run or make ui in progress serves MLflow at http://127.0.0.1:5000"
    state = tmp_path / ".pass-ops"
    with store_lock(state / "s3"), store_lock(state / "mlflow") as lock:
        record_holder(descriptor=lock, server=1234, url="http://127.0.0.1:5000")
        assert main([]) == 0
        assert capsys.readouterr() == (f"{served}, until it ends\n", "")
        # A port that would be ignored is refused.
        assert main(["--port", "6000"]) == 2
        assert capsys.readouterr().err == f"error: PORT=6000: {served}: open that, without PORT\n"
    assert sorted(path.name for path in state.rglob("*")) == ["lock", "lock", "mlflow", "s3"]
