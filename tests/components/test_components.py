"""Components: a typed signature and one call of `pass_ops.stages`."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest

import components
from pass_ops import stages
from pass_ops.config.resolve import resolve
from pass_ops.config.settings import CONFIGS

NAMES = sorted(
    path.stem
    for path in Path(components.__file__).parent.glob("*.py")
    if path.stem not in ("__init__", "base")
)
# Where a component calls its argument by another name than the stage does.
OTHER_NAMES = {
    ("report", "choice"): "checkpoint_choice",
    ("report", "summary"): "markdown",
    ("diagnose_labels", "table"): "markdown",
    ("diagnose_masks", "table"): "markdown",
}
# Each classifier and each round has settings of its own; they share one component.
SETTINGS_OF = {f"train_classifier_{name}": "train_classifier" for name in "fghc"} | {
    f"prompt_masks_round_{number}": "prompt_masks" for number in (1, 2)
}
# One stage serves both; the split is said in the call.
STAGE_OF = {"evaluate_validation": "evaluate", "evaluate_test": "evaluate"}


def component(name: str) -> Any:
    return getattr(importlib.import_module(f"components.{name}"), name)


def calls_of_stages(name: str) -> list[ast.Call]:
    """Calls `stages.f(…)` in the component's function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(component(name).python_func)))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "stages"
    ]


def source_of(argument: ast.expr) -> str | None:
    """The component's argument that is handed on: itself, its `.path`, an item of it, or a list of
    the like.
    """
    if isinstance(argument, ast.Attribute | ast.Subscript):
        return source_of(argument.value)
    if isinstance(argument, ast.ListComp):
        return source_of(argument.generators[0].iter)
    return argument.id if isinstance(argument, ast.Name) else None


def test_every_stage_with_settings_has_a_component() -> None:
    assert {SETTINGS_OF.get(stage, stage) for stage in CONFIGS} - set(NAMES) == {"evaluate"}
    assert {STAGE_OF[name] for name in STAGE_OF} == {"evaluate"}


@pytest.mark.parametrize("name", NAMES)
def test_a_component_makes_one_call_of_its_stage(name: str) -> None:
    (call,) = calls_of_stages(name)
    assert isinstance(call.func, ast.Attribute)
    assert call.func.attr == STAGE_OF.get(name, name)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_handed_to_the_parameters_of_the_same_names(name: str) -> None:
    (call,) = calls_of_stages(name)
    signature = inspect.signature(getattr(stages, STAGE_OF.get(name, name)))
    # Every parameter of the stage is given, none by default.
    assert not call.keywords
    assert len(call.args) == len(signature.parameters)
    for parameter, argument in zip(signature.parameters, call.args, strict=True):
        source = source_of(argument)
        if source is not None:
            assert OTHER_NAMES.get((name, source), source) == parameter


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_is_used(name: str) -> None:
    function = component(name).python_func
    body = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(body, ast.FunctionDef)
    used = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
    assert set(inspect.signature(function).parameters) <= used


@pytest.mark.parametrize("name", NAMES)
def test_every_input_and_output_is_described(name: str) -> None:
    spec = component(name).component_spec
    assert spec.description
    described = component(name).python_func.__doc__.split("Args:")[1]
    for argument in inspect.signature(component(name).python_func).parameters:
        assert f"\n        {argument}: " in described, argument


@pytest.mark.parametrize("name", NAMES)
def test_only_kfp_is_imported_outside_the_function(name: str) -> None:
    # KFP copies the function alone into the task: what it needs it imports itself.
    tree = ast.parse(inspect.getsource(importlib.import_module(f"components.{name}")))
    outside = [
        ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert all(line.split()[1] in ("kfp.dsl", "components.base", "typing") for line in outside)


def test_the_configuration_component_has_an_output_for_each_stage() -> None:
    outputs = set(component("resolve_config").component_spec.outputs)
    assert outputs == {"run", *CONFIGS}


def test_the_configuration_component_resolves_as_the_library_does() -> None:
    found = component("resolve_config").python_func(
        "/data", "smoke", {"pretrain.epochs": 3}, 7, "reference", "", ""
    )
    expected = resolve(
        profile="smoke", overrides={"pretrain.epochs": 3}, seed=7, compat="reference"
    )
    assert found._asdict() == {
        "run": {
            "data": "/data",
            "profile": "smoke",
            "seed": 7,
            "compat": "reference",
            "mask_backend": "classical",
        },
        **expected,
    }


def test_wrong_settings_end_the_configuration_component_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = {"pretrain.epoch": 3, "cluster.restarts": 0}
    with pytest.raises(SystemExit, match="1"):
        component("resolve_config").python_func("/data", "smoke", wrong, 7, "fixed", "", "")
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "pretrain.epoch" in error
    assert "cluster.restarts" in error


def test_methods_call_themselves_by_the_names_of_their_stages() -> None:
    modules = {
        "pretrain": "representation.pretrain",
        "train_pixel_attention": "representation.pixel_attention",
        "cluster": "clustering.cluster",
        "train_classifier": "denoising.classifier",
        "infer_image_labels": "denoising.infer",
        "search_threshold": "pseudo_labels.threshold",
        "make_coarse_labels": "pseudo_labels.coarse",
        "apply_crf": "pseudo_labels.crf",
        "make_regions": "pseudo_labels.everything",
        "refine_labels": "pseudo_labels.refinement",
        "prompt_masks": "pseudo_labels.prompt_masks",
        "train_segmenter": "segmentation.train",
        "choose_checkpoint": "segmentation.choose",
        "predict": "segmentation.predict",
        "diagnose": "evaluation.diagnose",
    }
    selections = {"select_small_loss", "select_by_distance"}
    assert set(modules) == {SETTINGS_OF.get(stage, stage) for stage in CONFIGS} - selections - {
        "evaluate"
    }
    found = {
        stage: importlib.import_module(f"pass_ops.{module}").STAGE
        for stage, module in modules.items()
    }
    assert found == {stage: stage for stage in modules}


def test_masks_without_their_weights_end_the_configuration_component_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="1"):
        component("resolve_config").python_func("/data", "smoke", {}, 7, "fixed", "sam", "")
    assert capsys.readouterr().err == (
        "error: mask_back_end = 'sam' needs mask_weights: a folder or s3:// prefix of its weights\n"
    )
