"""Loops over shards: which stages have one, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.placement import DEFAULTS
from pass_ops.errors import ConfigError
from pass_ops.graph.loops import Loop, parse_loops
from pass_ops.planning.limits import hours_allowed
from pass_ops.stages.declaration import DECLARATIONS
from pipelines.compile import cluster_pipelines, compile_for_cluster
from pipelines.images.pin import LOCK
from pipelines.packages.documents import documents_of
from pipelines.packages.run_model import Pipeline, whole_run
from pipelines.packages.typical_run import typical_outputs
from pipelines.packages.workflow_size import (
    ARGO_LIMIT,
    specification_size,
    workflow_size,
)
from pipelines.steps.sharding import UNSHARDED, choose_sharding

ALL = [name for name, kind in DECLARATIONS.items() if kind.can_be_shared]
# Bytes of the workflow that KFP 2.17.0 makes of the package with eight shards of the longest stage
# (tests/cluster/golden/README.md).
KFP = 222_340
Documents = tuple[dict[str, Any], dict[str, Any]]


def compiled(shards: str, folder: Path) -> Documents:
    """The training pipeline with shards, as a cluster gets it, sizes apart."""
    package = folder / "training.yaml"
    pipeline = cluster_pipelines(shards, {"infer_memory": "64Gi"})["training"]
    compile_for_cluster(pipeline=pipeline, package=package, lock=LOCK, allow_tags="test")
    return documents_of(package)


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    return compiled("8", tmp_path_factory.mktemp("sharded"))


def loops(run: Pipeline) -> dict[str, dict[str, Any]]:
    """All loops of a run by the path of their task."""
    found = {
        "/".join((*run.path, name)): task
        for name, task in run.tasks.items()
        if "parameterIterator" in task
    }
    for name in run.tasks:
        if "dag" in run.component(name):
            found |= loops(run.inner(name))
    return found


def test_the_kinds_of_work_that_a_loop_can_share() -> None:
    assert sorted(ALL) == [
        "apply_crf",
        "choose_checkpoint",
        "cluster",
        "cluster_aligned",
        "make_coarse_labels",
        "make_regions",
        "predict_split",
        "prompt_masks",
    ]


def test_shards_are_named_by_stage() -> None:
    assert parse_loops("predict_split=8/4 apply_crf=3") == {
        "predict_split": Loop(8, 4),
        "apply_crf": Loop(3, 3),
    }
    assert parse_loops("8/2") == {"predict_split": Loop(8, 2)}
    assert parse_loops("") == parse_loops("1") == parse_loops("apply_crf=1") == {}
    assert choose_sharding("1", {}) is UNSHARDED


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("pretrain=8", "shards pretrain=8: pretrain is none of .*predict_split"),
        ("predict=8", "predict is none of"),
        ("predict_split=0", "give a stage and numbers, such as predict_split=8"),
        ("predict_split=8/9", "four at a time"),
        ("65", "at most 64"),
        ("predict_split:8", "give a stage and numbers"),
    ],
)
def test_what_cannot_be_shared_is_refused(text: str, error: str) -> None:
    with pytest.raises(ConfigError, match=error):
        parse_loops(text)


def test_a_placement_that_is_compiled_in_is_checked() -> None:
    with pytest.raises(ConfigError, match="placement: no field train_gpu"):
        choose_sharding("8", {"train_gpu": 2})


def test_the_longest_stage_is_shared_in_both_rounds(sharded: Documents) -> None:
    found = loops(whole_run(sharded[0], typical_outputs()))
    assert sorted(found) == [
        "segmentation-2/predict-split-shards",
        "segmentation/predict-split-shards",
    ]
    for loop in found.values():
        shares = [f"{number}/8" for number in range(1, 9)]
        assert json.loads(loop["parameterIterator"]["items"]["raw"]) == shares
        assert loop["parameterIterator"]["itemInput"] == "share"
        assert loop["iteratorPolicy"] == {"parallelismLimit": 8}
        # Of each share alone.
        assert loop["retryPolicy"]["maxRetryCount"] == 3


def test_the_stage_comes_after_its_shares_and_has_the_same_inputs(sharded: Documents) -> None:
    tasks = sharded[0]["components"]["comp-segmentation"]["dag"]["tasks"]
    loop = tasks["predict-split-shards"]
    (stage,) = [
        task for task in tasks.values() if "predict-split-shards" in task.get("dependentTasks", ())
    ]
    executors = sharded[0]["deploymentSpec"]["executors"]
    both = [sharded[0]["components"][one["componentRef"]["name"]] for one in (stage, loop)]
    assert len({json.dumps(executors[one["executorLabel"]]) for one in both}) == 1
    assert stage["inputs"] == loop["inputs"]
    # What it waits for besides, the loop waits for.
    assert {*stage["dependentTasks"]} - {"predict-split-shards"} == {*loop["dependentTasks"]}


def test_shares_and_stage_may_take_what_the_plan_gives_each(sharded: Documents) -> None:
    spec, platform = sharded
    settings = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    tasks = spec["components"]["comp-segmentation"]["dag"]["tasks"]
    (stage,) = [
        name
        for name, task in tasks.items()
        if "predict-split-shards" in task.get("dependentTasks", ())
    ]
    hours = {
        name: int(settings[executor]["activeDeadlineSeconds"]) / 3600
        for name in (stage, "predict-split-shards")
        for executor in [spec["components"][tasks[name]["componentRef"]["name"]]["executorLabel"]]
    }
    # It makes what it does not find of its shares.
    assert hours[stage] == hours_allowed("predict_split")
    assert hours["predict-split-shards"] == hours_allowed("predict_split", 8) < hours[stage] / 4


def test_the_first_task_knows_the_shards(sharded: Documents) -> None:
    inputs = sharded[0]["root"]["dag"]["tasks"]["resolve-config"]["inputs"]["parameters"]
    assert inputs["shards"]["runtimeValue"]["constant"] == "8"


def test_the_placement_is_compiled_in(sharded: Documents) -> None:
    spec, platform = sharded
    assert "placement" not in spec["root"]["inputDefinitions"]["parameters"]
    assert not any(f'"{field}"' in json.dumps(sharded) for field in DEFAULTS)
    container = spec["deploymentSpec"]["executors"]["exec-predict-split"]["container"]
    assert container["resources"] == {
        "accelerator": {"resourceCount": "1", "resourceType": "nvidia.com/gpu"},
        "resourceCpuLimit": "8",
        "resourceMemoryLimit": "64Gi",
    }
    settings = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    assert settings["exec-predict-split"]["tolerations"] == DEFAULTS["infer_tolerations"]


def test_eight_shards_leave_half_of_argos_limit(sharded: Documents) -> None:
    spec, platform = sharded
    assert specification_size(spec, platform) == pytest.approx(KFP, rel=0.01)
    size = workflow_size(spec=spec, platform=platform, known=typical_outputs())
    assert size.share < 0.5


def test_every_stage_that_can_be_shared_compiles_as_a_loop(tmp_path: Path) -> None:
    names = [name for name in ALL if name not in ("make_regions", "cluster", "cluster_aligned")]
    spec, platform = compiled(" ".join(f"{name}=2/1" for name in names), tmp_path)
    found = loops(whole_run(spec, typical_outputs()))
    assert {path.rpartition("/")[2] for path in found} == {
        f"{name.replace('_', '-')}-shards" for name in names
    }
    assert {loop["iteratorPolicy"]["parallelismLimit"] for loop in found.values()} == {1}
    # Of a loop and of what it repeats Argo has a template each, named by the component.
    bodies = [
        task["componentRef"]["name"]
        for component in (spec["root"], *spec["components"].values())
        for task in component.get("dag", {}).get("tasks", {}).values()
        if "parameterIterator" in task
    ]
    assert len(bodies) == len(set(bodies))
    assert specification_size(spec, platform) < ARGO_LIMIT


def test_too_many_shards_are_refused(tmp_path: Path) -> None:
    text = " ".join(f"{name}=8" for name in ALL)
    with pytest.raises(ConfigError, match=r"of its limit of 1 MiB; at most 50%"):
        compiled(text, tmp_path)
