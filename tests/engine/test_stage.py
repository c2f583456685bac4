"""Running one stage."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from pass_ops.engine import stage
from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.progress import track
from pass_ops.engine.stage import one_line_errors, record, run_stage
from pass_ops.errors import DataError, StorageError
from pass_ops.paths import WeightsPath
from pass_ops.tracking.tracker import NullTracker


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def test_a_stage_hands_back_its_metrics_time_and_memory(tmp_path: Path) -> None:
    output = tmp_path / "weights"

    def body(_: object) -> dict[str, float]:
        output.mkdir()
        return {"loss": 0.123456, "spread": 1.0}

    metadata = run_stage(
        name="pretrain",
        body=body,
        settings={"epochs": 3},
        outputs={output: WeightsPath},
        inputs=(),
        headline="loss",
    )
    assert metadata["stage"] == "pretrain"
    assert metadata["figure"] == "loss 0.1235"
    assert (metadata["loss"], metadata["spread"]) == (0.123456, 1.0)
    assert 0 <= metadata["seconds"] < 60
    assert 10 < metadata["peak_rss_mb"] < 100_000


def test_a_stage_tells_how_long_its_inference_waited_for_images(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Recorder(NullTracker):
        """Keeps the metrics."""

        def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
            recorded.append((step, *sorted(metrics)))

    @contextmanager
    def recorder(_: str) -> Iterator[Recorder]:
        yield Recorder()

    def infers(_: object) -> dict[str, float]:
        for _ in track(ahead(work=float, items=range(3), workers=1, name=str), "predict", 3):
            pass
        return {}

    recorded: list[tuple[int | str, ...]] = []
    monkeypatch.setattr(stage, "open_run", recorder)
    uses = [
        run_stage(name="predict", body=body, settings={}, outputs={}, inputs=(), headline="")
        for body in (infers, lambda _: {})
    ]
    # The next stage of the same process waits for none.
    assert ["data_wait" in metrics for metrics in uses] == [True, False]
    assert 0 < uses[0]["data_wait"] <= 1
    assert recorded == [
        (0, "data_wait", "peak_rss_mb", "seconds"),
        (0, "peak_rss_mb", "seconds"),
    ]
    assert re.search(r"3/3 images \|.* \| data wait \d+%\n", capsys.readouterr().out)


def test_a_headline_that_the_stage_lacks_is_left_blank() -> None:
    metadata = run_stage(
        name="predict", body=lambda _: {}, settings={}, outputs={}, inputs=(), headline="miou"
    )
    assert metadata["figure"] == ""


def test_a_stage_that_wrote_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(SystemExit, match="1"):
        run_stage(
            name="cluster",
            body=lambda _: {},
            settings={},
            outputs={tmp_path / "labels": WeightsPath, kept: WeightsPath},
            inputs=(),
            headline="objective",
        )
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "stage cluster ended without writing" in error
    assert str(tmp_path / "labels") in error
    assert str(kept) not in error


@pytest.mark.parametrize("output", ["notes", "data/weights"])
def test_an_output_that_stands_in_the_way_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("precious")
    with pytest.raises(SystemExit, match="1"):
        run_stage(
            name="pretrain",
            body=lambda _: pytest.fail("the stage must not begin"),
            settings={},
            outputs={tmp_path / output: WeightsPath},
            inputs=(tmp_path / "data",),
            headline="loss",
        )
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path / output}: ")
    assert error.count("\n") == 1
    assert (tmp_path / "notes" / "a.txt").read_text() == "precious"


def test_metrics_can_be_recorded_again_but_not_over_something_else(tmp_path: Path) -> None:
    artifact = SimpleNamespace(path=str(tmp_path / "metrics"), metadata={})
    measured = {"stage": "pretrain", "seconds": 1.0, "peak_rss_mb": 2.0, "figure": ""}
    for seconds in (1.0, 3.0):
        record(artifact, {**measured, "seconds": seconds})
        assert json.loads(Path(artifact.path).read_text())["seconds"] == seconds
    assert artifact.metadata == {"seconds": 3.0, "peak_rss_mb": 2.0}
    Path(artifact.path).write_text("precious")
    with pytest.raises(StorageError):
        record(artifact, measured)
    assert Path(artifact.path).read_text() == "precious"


def test_a_metric_without_a_value_is_not_recorded(tmp_path: Path) -> None:
    artifact = SimpleNamespace(path=str(tmp_path / "metrics"), metadata={})
    measured = {"stage": "evaluate", "seconds": 1.0, "peak_rss_mb": 2.0, "figure": ""}
    record(artifact, {**measured, "miou_large": math.nan, "ratio": math.inf})
    assert json.loads(Path(artifact.path).read_text()) == measured
    assert artifact.metadata == {"seconds": 1.0, "peak_rss_mb": 2.0}


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


def test_ctrl_c_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as excinfo, one_line_errors():
        raise KeyboardInterrupt
    assert (excinfo.value.code, capsys.readouterr().err) == (130, "interrupted\n")


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
