"""The diagnostics hand each table and each folder on under the name of its own step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pass_ops.stages import DiagnoseLabels, DiagnoseMasks
from pass_ops.stages.declaration import Stage
from pass_ops.tracking.tracker import NullTracker


def filled(stage: type[Stage]) -> Any:
    """A use of `stage` each of whose fields is a path of the field's own name."""
    names = [port.name for port in stage.declaration.ports]
    outputs = {port.name for port in stage.declaration.outputs}
    use = stage(**{name: Path(name) for name in names if name not in outputs})
    for name in outputs:
        setattr(use, name, Path(name))
    return use


def handed_on(stage: type[Stage], function: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the function behind a diagnostic is called with."""
    name = function.rpartition(".")[0]
    call: dict[str, Any] = {}
    monkeypatch.setattr("pass_ops.stages.diagnostics.truth_of", lambda _, split: split)
    monkeypatch.setattr(f"{name}.{function.rpartition('.')[2]}", lambda **given: call.update(given))
    filled(stage).run(NullTracker())
    return call


def test_labels_of_each_step_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "pass_ops.evaluation.diagnostics.diagnose_labels.diagnose_labels"
    call = handed_on(DiagnoseLabels, module, monkeypatch)
    assert call["truth"] == "train"
    assert {step: str(path) for step, path in call["steps"].items()} == {
        "clustering 1": "clustering_1",
        "after f": "classifier_f",
        "selected by f": "selected_f",
        "after g": "classifier_g",
        "selected by g": "selected_g",
        "after h": "classifier_h",
        "clustering 2": "clustering_2",
        "selected by distance": "selected_2",
        "after c": "classifier_c",
        "clustering 3": "clustering_3",
        "selected by distance again": "selected_3",
        "after d": "classifier_d",
    }


def test_maps_of_each_step_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "pass_ops.evaluation.diagnostics.diagnose_masks.diagnose_masks"
    call = handed_on(DiagnoseMasks, module, monkeypatch)
    assert (call["validation"], call["test"]) == ("validation", "test")
    short = {
        "coarse labels": "coarse",
        "+ CRF": "crf",
        "+ refinement": "refined",
        "prompted masks": "prompted",
        "round 1": "round_1",
        "round 2": "round_2",
        "completed": "completed",
    }
    assert call["steps"] == {step: Path(name) for step, name in short.items()}
