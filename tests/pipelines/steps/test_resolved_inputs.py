"""What the local runner's cache makes of a model that is replaced at its address."""

import json
from io import StringIO
from pathlib import Path

import pytest
from kfp import dsl
from kfp.dsl import Model
from rich.console import Console

from components.preparation.fetch_model import fetch_model
from pass_ops.data.pointer import DatasetPointer
from pipelines.local.package import compile_local
from pipelines.local.pipeline import run_package, stage_names
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.terminal import Lines
from pipelines.steps.resolved_inputs import resolved_inputs


@dsl.pipeline(name="fetched")
def fetched(model_uri: str, data_uri: str) -> Model:
    """Fetch a model as the evaluation pipeline does."""
    resolved = resolved_inputs(
        data_uri=data_uri,
        model_uri=model_uri,
        profile="smoke",
        overrides={},
        seed=31,
        compat="fixed",
        mask_back_end="",
        mask_weights="",
        shards="",
    )
    task = fetch_model(model_uri=resolved["model_uri"], cache_epoch=resolved["cache_epoch"])
    return task.outputs["weights"]


def write_model(folder: Path, epoch: int) -> None:
    """Write what passes for a model, in the place of what is there.

    Args:
        folder: of its files.
        epoch: that its card says.
    """
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(bytes([epoch]))
    (folder / "model.json").write_text(json.dumps({"stage": "", "network": {}, "epoch": epoch}))


def test_a_model_that_was_replaced_is_fetched_again_and_no_other(
    packed_synthetic: DatasetPointer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    arguments = {"model_uri": str(tmp_path / "model"), "data_uri": packed_synthetic.uri}
    found = []
    for number, epoch in enumerate((1, 1, 2)):
        write_model(tmp_path / "model", epoch)
        package = tmp_path / str(number) / "pipeline.yaml"
        compile_local(fetched, package)
        display = Lines(Console(file=StringIO()))
        with TaskLog(tmp_path / f"{number}.log", display, stage_names(package)) as log:
            outputs, _ = run_package(
                package=package,
                arguments=arguments,
                state=tmp_path / "state",
                sources=[],
                cache=True,
                log=log,
            )
        weights = Path(outputs["Output"].path)
        found.append((weights, (weights / "model.safetensors").read_bytes()))
    # The second run was given what the first one had fetched.
    assert found[1] == found[0]
    assert found[2][0] != found[0][0]
    assert [content for _, content in found] == [b"\1", b"\1", b"\2"]
