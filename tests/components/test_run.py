"""Components by their names, as a cluster starts them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.placement import DEFAULTS
from components.run import COMMAND, MODULES
from pass_ops.stages.declaration import DECLARATIONS


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *COMMAND[1:], *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def executor_input(output: Path, inputs: dict[str, Any]) -> str:
    """What KFP's launcher gives a component without artifacts."""
    parameters = {name: {"outputFile": f"{output}/{name}"} for name in DEFAULTS}
    return json.dumps(
        {
            "inputs": {"parameterValues": inputs},
            "outputs": {"parameters": parameters, "outputFile": f"{output}/output_metadata.json"},
        }
    )


def test_every_stage_has_a_name_to_be_started_by() -> None:
    assert MODULES.keys() >= DECLARATIONS.keys() | {"resolve_config", "resolve_placement"}


def test_a_component_runs_and_writes_what_kfp_reads(tmp_path: Path) -> None:
    # Pods matter to trainings alone.
    pods = json.dumps({"pods": 2, "ranks": 2, "limits": {"cpu": "1"}})
    given = executor_input(tmp_path, {"placement": {"train_gpus": 2.0}, "pods": pods})
    outcome = start("--executor_input", given, "--function_to_execute", "resolve_placement")
    assert outcome.returncode == 0, outcome.stderr
    told = json.loads((tmp_path / "output_metadata.json").read_text())
    assert told["parameterValues"] == {**DEFAULTS, "train_gpus": "2"}


def test_a_users_mistake_ends_it_in_one_line(tmp_path: Path) -> None:
    given = executor_input(tmp_path, {"placement": {"train_gpus": "all"}})
    outcome = start("--executor_input", given, "--function_to_execute", "resolve_placement")
    assert outcome.returncode == 2
    assert outcome.stderr.startswith("error: placement: train_gpus = 'all' is not")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["run", "cluster_4"])
def test_another_name_is_refused(name: str) -> None:
    outcome = start("--executor_input", "{}", "--function_to_execute", name)
    assert outcome.returncode == 2
    expected = f"error: --function_to_execute {name}: there is no such component"
    assert outcome.stderr.splitlines() == [expected]
