"""The compiled evaluation pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipelines import compile
from pipelines.compile import main


def test_both_pipelines_are_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path.with_name("absent.lock")
    monkeypatch.setattr(compile, "LOCK", lock)
    main([str(tmp_path), "--allow-tags", "test"])
    said = capsys.readouterr()
    assert "upload" not in said.out
    assert said.err.startswith(f"warning: not for a cluster yet: {lock} names no image post and")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "pass_evaluation.yaml",
        "pass_training.yaml",
    ]
    package = next(yaml.safe_load_all((tmp_path / "pass_evaluation.yaml").read_text()))
    inputs = package["root"]["inputDefinitions"]["parameters"]
    assert set(inputs) == {"model_uri", "data_uri", "profile", "overrides", "compat", "placement"}
    assert all(len(definition["description"]) > 10 for definition in inputs.values())
    assert [name for name, definition in inputs.items() if "defaultValue" not in definition] == [
        "data_uri",
        "model_uri",
    ]
    assert set(package["root"]["dag"]["tasks"]) == {
        *(
            "resolve-placement",
            "resolve-config",
            "validate-data",
            "fetch-model",
            "measure-baselines",
            "predict-split",
            "evaluation",
            "report-evaluation",
        ),
    }
    # Whatever a user names is looked at at once, before anything is computed.
    first = {
        name
        for name, task in package["root"]["dag"]["tasks"].items()
        if task.get("dependentTasks") == ["resolve-placement"]
    }
    assert first == {"resolve-config"}
    weights = package["root"]["dag"]["tasks"]["predict-split"]["inputs"]["artifacts"]["weights"][
        "taskOutputArtifact"
    ]
    assert weights == {"producerTask": "fetch-model", "outputArtifactKey": "weights"}
    outputs = package["root"]["outputDefinitions"]["artifacts"]
    assert set(outputs) == {"result", "report", "validation_predictions", "test_predictions"}
