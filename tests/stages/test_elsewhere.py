"""A stage's artifacts where other machines see them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pass_ops.stages.declaration import DECLARATIONS
from pass_ops.stages.elsewhere import handed_over

DECLARATION = DECLARATIONS["train_classifier"]
CARD = {"stage": "classifier", "network": {}, "epoch": 3}
OUTPUTS = {port.name for port in DECLARATION.outputs}


@pytest.fixture
def values(tmp_path: Path) -> dict[str, Any]:
    """Of a use whose inputs are files and folders of this machine alone."""
    found: dict[str, Any] = {"name": "f", "config": {"epochs": 3}}
    for port in DECLARATION.ports:
        if port.is_artifact:
            found[port.name] = tmp_path / "here" / port.name / f"{port.name}.kind"
    for port in DECLARATION.inputs:
        if port.is_artifact:
            path = found[port.name]
            folder = port.name == "weights"
            (path if folder else path.parent).mkdir(parents=True)
            (path / "model.json" if folder else path).write_text(port.name)
    return found


def write_weights(path: Path) -> None:
    """What a training hands on, in form alone."""
    for name, text in (("model.safetensors", ""), ("model.json", json.dumps(CARD))):
        (path / "epoch-0003").mkdir(parents=True, exist_ok=True)
        (path / "epoch-0003" / name).write_text(text)


def test_inputs_go_there_and_outputs_come_back(values: dict[str, Any], tmp_path: Path) -> None:
    shared = tmp_path / "shared" / "use"
    with handed_over(DECLARATION, values, shared) as there:
        assert there.keys() == values.keys()
        assert there["config"] == values["config"]
        for port in DECLARATION.ports:
            if port.is_artifact:
                assert there[port.name].parents[1] == shared
                assert there[port.name].name == f"{port.name}.kind"
                assert there[port.name].exists() == (port.name not in OUTPUTS)
        assert (there["weights"] / "model.json").read_text() == "weights"
        write_weights(there["checkpoints"])
    assert not values["last"].exists()
    assert (values["checkpoints"] / "epoch-0003" / "model.json").is_file()
    assert not shared.exists()


def test_another_attempt_finds_checkpoints_and_fresh_inputs(
    values: dict[str, Any], tmp_path: Path
) -> None:
    shared = tmp_path / "shared" / "use"
    kept = Path(".checkpoints", "latest")

    def fail() -> None:
        with handed_over(DECLARATION, values, shared) as there:
            (there["checkpoints"].parent / kept).parent.mkdir(parents=True)
            (there["checkpoints"].parent / kept).write_text("step-1")
            (there["weights"] / "model.json").write_text("damaged")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not values["checkpoints"].exists()
    with handed_over(DECLARATION, values, shared) as there:
        assert (there["checkpoints"].parent / kept).read_text() == "step-1"
        assert (there["weights"] / "model.json").read_text() == "weights"
