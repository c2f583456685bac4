"""What users may write under `placement`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.placement import DEFAULTS, complete_placement, ranks_of
from components.preparation.resolve_placement import resolve_placement
from pass_ops.errors import ConfigError


def test_defaults_are_complete_and_stay_as_they_are() -> None:
    assert complete_placement({}) == complete_placement(DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        # KFP hands numbers on as floats.
        ("train_gpus", 2.0, "2"),
        ("train_gpus", 0, "0"),
        ("infer_gpus", "4", "4"),
        ("train_cpu", 0.5, "0.5"),
        ("train_cpu", "500m", "500m"),
        ("post_memory", "1.5Gi", "1.5Gi"),
        ("train_gpu_type", "nvidia.com/mig-3g.40gb", "nvidia.com/mig-3g.40gb"),
        ("train_pods", 4.0, "4"),
        ("train_nodes", {"a": "b"}, {"a": "b"}),
        ("post_tolerations", [{"operator": "Exists"}], [{"operator": "Exists"}]),
        ("data_claim", "shards", "shards"),
    ],
)
def test_a_field_takes_what_kubernetes_takes(field: str, value: Any, taken: Any) -> None:
    assert complete_placement({field: value}) == {**DEFAULTS, field: taken}


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("train_gpus", -1, "a number of GPUs"),
        ("train_gpus", 1.5, "a number of GPUs"),
        ("train_gpus", True, "a number of GPUs"),
        ("train_pods", 0, "a number of pods"),
        ("train_cpu", "0", "a number of CPUs"),
        ("train_cpu", "8 CPUs", "a number of CPUs"),
        ("train_memory", 48, "with its unit"),
        ("train_memory", "48GB", "with its unit"),
        ("infer_gpu_type", "nvidia", "a resource's name"),
        ("train_nodes", ["a"], "an object of labels"),
        ("train_nodes", {"a": 1}, "an object of labels"),
        ("post_tolerations", {"key": "a"}, "a list of tolerations"),
        ("post_tolerations", [{"keys": "a"}], "a list of tolerations"),
        ("post_tolerations", [{"key": "a", "effect": "NoRun"}], "a list of tolerations"),
        # It becomes a volume's name, which may have no dots.
        ("data_claim", "team.data", "a name of a volume"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused_by_name(
    field: str, value: Any, wanted: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        complete_placement({field: value})
    message = str(raised.value)
    assert message.startswith(f"placement: {field} = {value!r} is not ")
    assert wanted in message


def test_all_that_is_wrong_is_named_in_one_line() -> None:
    with pytest.raises(ConfigError) as raised:
        complete_placement({"train_gpu": 1, "colour": "red", "train_cpu": 0})
    message = str(raised.value)
    assert "no field train_gpu (meant is train_gpus?)" in message
    assert "no field colour (known are train_gpu_type, " in message
    assert "train_cpu = 0 is not" in message


def test_a_pod_cannot_have_two_volumes_of_one_name() -> None:
    with pytest.raises(ConfigError, match="different names"):
        complete_placement({"data_claim": "cache", "kernel_claim": "cache"})


def test_the_component_has_an_output_for_each_field() -> None:
    outputs = resolve_placement.component_spec.outputs
    kinds = {str: "String", dict: "Dict", list: "List"}
    assert {name: one.type for name, one in outputs.items()} == {
        name: kinds[type(default)] for name, default in DEFAULTS.items()
    }
    resolved = resolve_placement.python_func(placement={"train_cpu": 4.0})
    assert resolved._asdict() == {**DEFAULTS, "train_cpu": "4"}
    assert json.loads(json.dumps(resolved._asdict())) == resolved._asdict()


def test_a_task_whose_training_other_pods_share_has_no_gpu() -> None:
    placement = {"train_pods": 4, "train_gpus": 8, "train_cpu": 64, "train_memory": "400Gi"}
    resolved = resolve_placement.python_func(placement=placement)._asdict()
    limits = {"cpu": "64", "memory": "400Gi", "nvidia.com/gpu": "8"}
    pods = {"pods": 4, "ranks": 32, "limits": limits}
    assert json.loads(resolved.pop("train_pods")) == pods
    own = {"train_gpus": "0", "train_cpu": "1", "train_memory": "4Gi"}
    assert resolved == {name: own.get(name, DEFAULTS[name]) for name in resolved}
    assert ranks_of(complete_placement(placement)) == 32


def test_the_component_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        resolve_placement.python_func(placement={"train_gpus": "all"})
    assert capsys.readouterr().err.startswith("error: placement: train_gpus = 'all' is not")
