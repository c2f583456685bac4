"""Stages write where KFP tells them to, again where they have written, and over nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.locate import locate
from pass_ops.stages.run import run_stage
from tests.evaluation.predictions import renamed, write_labels

# As KFP names them: without suffixes.
FOLDERS, FILES = ("evaluation", "exported"), ("confusion", "page", "summary")


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture
def inputs(synthetic_data: Path, tmp_path: Path) -> dict[str, object]:
    """A data set and predictions of its validation split."""
    pointer, maps = tmp_path / "pointer.json", tmp_path / "maps"
    locate(str(synthetic_data)).save(pointer)
    truth = open_ground_truth(locate(str(synthetic_data)), "validation", tmp_path / "cache")
    write_labels(maps, renamed(truth))
    return {"dataset": str(pointer), "predicted_maps": str(maps), "config": {"workers": 1}}


@pytest.fixture
def outputs(tmp_path: Path) -> dict[str, Path]:
    """Where a task writes; the folder that holds them is there, as KFP makes it."""
    (tmp_path / "task").mkdir()
    return {name: tmp_path / "task" / name for name in (*FOLDERS, *FILES)}


def evaluate(inputs: dict[str, object], outputs: dict[str, Path]) -> None:
    """Run the stage with the most outputs.

    Args:
        inputs: values of its inputs.
        outputs: paths of its outputs.
    """
    run_stage(
        "evaluate_validation", **inputs, **{name: str(path) for name, path in outputs.items()}
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of all files below `folder`."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_task_can_be_run_again_in_its_place(
    inputs: dict[str, object], outputs: dict[str, Path], tmp_path: Path
) -> None:
    for name in FOLDERS:
        outputs[name].mkdir()
    evaluate(inputs, outputs)
    first = contents(tmp_path / "task")
    assert len(first) > 20
    evaluate(inputs, outputs)
    assert contents(tmp_path / "task") == first


@pytest.mark.parametrize("name", [*FOLDERS, *FILES])
def test_one_strangers_file_keeps_all_from_being_written(
    inputs: dict[str, object],
    outputs: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    stranger = outputs[name] / "notes.txt" if name in FOLDERS else outputs[name]
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text("precious")
    with pytest.raises(SystemExit):
        evaluate(inputs, outputs)
    assert capsys.readouterr().err.startswith(f"error: {outputs[name]}: is there already, and no")
    assert contents(tmp_path / "task") == {str(stranger): b"precious"}


@pytest.mark.parametrize("place", ["maps", "maps/new", "data"])
def test_inputs_are_no_place_for_outputs(
    inputs: dict[str, object],
    outputs: dict[str, Path],
    synthetic_data: Path,
    tmp_path: Path,
    place: str,
) -> None:
    path = synthetic_data / "new" if place == "data" else tmp_path / place
    before = contents(synthetic_data) | contents(tmp_path)
    with pytest.raises(SystemExit):
        evaluate(inputs, {**outputs, "exported": path})
    assert contents(synthetic_data) | contents(tmp_path) == before
