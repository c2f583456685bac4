"""Running one stage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pass_ops.engine.stage import one_line_errors, run_stage
from pass_ops.errors import DataError


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def test_a_stage_hands_back_its_metrics_time_and_memory(tmp_path: Path) -> None:
    output = tmp_path / "weights"

    def body(_: object) -> dict[str, float]:
        output.mkdir()
        return {"loss": 0.123456, "spread": 1.0}

    metadata = run_stage(
        name="pretrain", body=body, settings={"epochs": 3}, outputs=(output,), headline="loss"
    )
    assert metadata["stage"] == "pretrain"
    assert metadata["figure"] == "loss 0.1235"
    assert (metadata["loss"], metadata["spread"]) == (0.123456, 1.0)
    assert 0 <= metadata["seconds"] < 60
    assert 10 < metadata["peak_rss_mb"] < 100_000


def test_a_headline_that_the_stage_lacks_is_left_blank() -> None:
    metadata = run_stage(
        name="predict", body=lambda _: {}, settings={}, outputs=(), headline="miou"
    )
    assert metadata["figure"] == ""


def test_a_stage_that_wrote_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        run_stage(
            name="cluster",
            body=lambda _: {},
            settings={},
            outputs=(tmp_path / "labels", tmp_path),
            headline="objective",
        )
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "stage cluster ended without writing" in error
    assert str(tmp_path / "labels") in error


def test_an_error_of_the_user_is_one_line_and_exit_status_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as excinfo, one_line_errors():
        raise DataError("a.jpg: truncated: replace it")
    assert excinfo.value.code == 1
    assert capsys.readouterr().err == "error: a.jpg: truncated: replace it\n"


def test_a_defect_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), one_line_errors():
        _ = 1 / 0


def test_the_interpreter_ends_without_a_last_collection() -> None:
    program = (
        "import atexit, gc; "
        "atexit.register(lambda: print(gc.get_freeze_count())); "
        "import pass_ops.engine.stage"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert int(printed) > 0
