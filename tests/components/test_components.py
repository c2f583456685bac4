"""Components: the signature that a stage's declaration asks for, and one call by keyword."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest

import components
from components.base import STAGE_CLASSES, kfp_type
from pass_ops.config.resolve import complete, resolve
from pass_ops.config.settings import CONFIGS
from pass_ops.data.pointer import DatasetPointer
from pass_ops.stages.declaration import DECLARATIONS, Declaration
from pass_ops.versions import commit
from tests.small_batches import SMALL_BATCHES

FOLDER = Path(components.__file__).parent
MODULES = {path.stem: path for path in FOLDER.rglob("*/*.py") if path.stem != "__init__"}
# What the task puts its metrics into; the report writes its own.
METRICS = "metrics"
ALL = list(DECLARATIONS.values())
NAMES = [declaration.name for declaration in ALL]


def component(name: str) -> Any:
    module = importlib.import_module(f"components.{MODULES[name].parent.name}.{name}")
    return getattr(module, name)


def body(name: str) -> ast.FunctionDef:
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(component(name).python_func))).body
    assert isinstance(function, ast.FunctionDef)
    return function


def call_of_the_stage(name: str) -> ast.Call:
    """The one call of `run_stage` in the component's function."""
    (call,) = [
        node
        for node in ast.walk(body(name))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "run_stage"
    ]
    return call


def test_every_stage_has_a_component_and_every_component_a_stage() -> None:
    assert MODULES.keys() - {"resolve_config", "resolve_placement"} == DECLARATIONS.keys()


@pytest.mark.parametrize("declaration", ALL, ids=NAMES)
def test_a_component_has_the_inputs_and_outputs_that_are_declared(declaration: Declaration) -> None:
    spec = component(declaration.name).component_spec
    inputs = {name: one.type for name, one in (spec.inputs or {}).items()}
    outputs = {name: one.type for name, one in spec.outputs.items() if name != METRICS}
    plain = {str: "String", float: "Float", int: "Integer"}
    assert inputs == {
        port.name: f"system.{kfp_type(port.kind).__name__}@0.0.1"
        if port.is_artifact
        else "Dict"
        if port.is_settings
        else plain[port.kind]
        for port in declaration.inputs
    }
    assert outputs == {
        port.name: f"system.{kfp_type(port.kind).__name__}@0.0.1" for port in declaration.outputs
    }


@pytest.mark.parametrize("declaration", ALL, ids=NAMES)
def test_a_component_hands_each_argument_on_under_its_own_name(declaration: Declaration) -> None:
    call = call_of_the_stage(declaration.name)
    assert [ast.unparse(argument) for argument in call.args] == [repr(declaration.name)]
    assert {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords} == {
        port.name: f"{port.name}.path" if port.is_artifact else port.name
        for port in declaration.ports
    }


@pytest.mark.parametrize("name", NAMES)
def test_metrics_are_recorded(name: str) -> None:
    used = {node.id for node in ast.walk(body(name)) if isinstance(node, ast.Name)}
    assert (METRICS in component(name).component_spec.outputs) == ("record" in used)
    assert ("record" in used) == (name != "report")


@pytest.mark.parametrize("name", NAMES)
def test_class_and_image_are_those_of_the_declaration(name: str) -> None:
    task = component(name)
    assert STAGE_CLASSES[task.name] == DECLARATIONS[name].stage_class
    image = task.component_spec.implementation.container.image
    on_post = DECLARATIONS[name].stage_class == "post"
    assert image.startswith("pass-ops/post-" if on_post else "pass-ops/train-")


@pytest.mark.parametrize("name", [*NAMES, "resolve_config", "resolve_placement"])
def test_every_input_and_output_is_described(name: str) -> None:
    spec = component(name).component_spec
    assert spec.description
    described = component(name).python_func.__doc__.split("Args:")[1]
    for argument in inspect.signature(component(name).python_func).parameters:
        assert f" {argument}: " in described, argument


@pytest.mark.parametrize("name", MODULES)
def test_only_kfp_is_imported_outside_the_function(name: str) -> None:
    # KFP copies the function alone into the task: what it needs it imports itself.
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    outside = [
        ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert all(line.split()[1] in ("kfp.dsl", "components.base", "typing") for line in outside)


def test_the_configuration_component_has_an_output_for_each_stage() -> None:
    outputs = set(component("resolve_config").component_spec.outputs)
    addresses = {"data_uri", "model_uri", "mask_weights"}
    assert outputs == {"run", "cache_epoch", *addresses, *CONFIGS}


def settings_of(**changes: Any) -> Any:
    """What the configuration component gives for smoke, with seed 7."""
    values = {
        "data_uri": "/nonexistent",
        "model_uri": "",
        "profile": "smoke",
        "overrides": {},
        "seed": 7,
        "compat": "fixed",
        "mask_back_end": "",
        "mask_weights": "",
        "shards": "",
        "run_name": "",
    }
    return component("resolve_config").python_func(**values | changes)


def test_the_configuration_component_resolves_as_the_library_does(
    packed_synthetic: DatasetPointer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ARTIFACT_DAYS", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    overrides = {"pretrain.epochs": 3} | SMALL_BATCHES
    settings = settings_of(data_uri=packed_synthetic.uri, overrides=overrides, compat="reference")
    expected = resolve(profile="smoke", overrides=overrides, seed=7, compat="reference")
    run = {
        "data": packed_synthetic.uri,
        "profile": "smoke",
        "seed": 7,
        "compat": "reference",
        "mask_backend": "classical",
        "initial_weights": "random",
        "overrides": overrides,
        "data_digest": packed_synthetic.digest,
        "commit": commit(),
        "pipeline_version": "",
        "name": "",
    }
    addresses = {
        "data_uri": f"{packed_synthetic.uri}@sha256:{packed_synthetic.digest}",
        "model_uri": "",
        "mask_weights": "",
    }
    told = settings._asdict()
    assert {name: told.pop(name) for name in told.keys() - CONFIGS.keys()} == {
        "run": run,
        "cache_epoch": "",
        **addresses,
    }
    assert {name: complete(CONFIGS[name], values) for name, values in told.items()} == expected


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "train_segmenter.batch_size",
            25,
            "the 24 training images do not fill a batch of train_segmenter.batch_size (25): "
            "lower it to 24 at most, or add training images",
        ),
        (
            "choose_clusters.clusters",
            5,
            "choose_clusters.clusters=5 (CLUSTERS of make run): clusters are matched one to one "
            "to the 6 classes of the data set: leave it out",
        ),
    ],
)
def test_settings_that_do_not_fit_the_set_end_it_in_one_line(
    *,
    packed_synthetic: DatasetPointer,
    capsys: pytest.CaptureFixture[str],
    key: str,
    value: int,
    words: str,
) -> None:
    with pytest.raises(SystemExit) as end:
        settings_of(data_uri=packed_synthetic.uri, overrides=SMALL_BATCHES | {key: value})
    assert end.value.code == 2
    assert capsys.readouterr().err == f"error: {words}\n"


def test_wrong_settings_end_the_configuration_component_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        settings_of(overrides={"pretrain.epoch": 3, "cluster.restarts": 0})
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "pretrain.epoch" in error
    assert "cluster.restarts" in error


def test_missing_data_end_a_run_in_its_first_task(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        settings_of()
    error = capsys.readouterr().err
    assert error.startswith("error: /nonexistent")
    assert error.count("\n") == 1


def test_missing_mask_weights_end_a_run_in_its_first_task(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        settings_of(mask_weights=f"{tmp_path}/nonexistent")
    assert capsys.readouterr().err == (
        f"error: {tmp_path}/nonexistent: no such folder; it is where mask weights should be\n"
    )


def test_missing_initial_weights_end_a_run_in_its_first_task(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        settings_of(overrides={"pretrain.initial_weights": f"{tmp_path}/nonexistent"})
    error = capsys.readouterr().err
    assert error.startswith(
        f"error: {tmp_path}/nonexistent holds no weights for pretrain.initial_weights "
    )
    assert error.count("\n") == 1


def test_masks_without_their_weights_end_the_configuration_component_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        settings_of(mask_back_end="sam")
    assert capsys.readouterr().err == (
        "error: mask_back_end = 'sam' needs mask_weights: a folder or s3:// prefix of its weights\n"
    )
