"""The patch of a pod, beside what KFP's own driver makes (tests/cluster/golden)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.placement import resolve_placement
from pipelines.compile import cluster_pipelines, compile_for_cluster
from pipelines.images.pin import LOCK
from pipelines.packages.compiled_package import Package
from pipelines.packages.documents import documents_of
from pipelines.packages.pod_patch import pod_patch
from pipelines.packages.run_model import Pipeline, whole_run
from pipelines.packages.typical_run import typical_outputs
from tests.cluster.golden.cases import GOLDEN, PLACEMENTS, TASKS

PODS = [pod for pod in json.loads(GOLDEN.read_text())["pods"] if pod["kind"] != "first"]
Documents = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    package: Path = tmp_path_factory.mktemp("build") / "training.yaml"
    pipeline = cluster_pipelines()["training"]
    compile_for_cluster(pipeline=pipeline, package=package, lock=LOCK, allow_tags="test")
    return documents_of(package)


def first_use(run: Pipeline, executor: str) -> tuple[Pipeline, str]:
    """The first task of an executor, in the order of a run, and the pipeline that it is in."""
    for task in run.order():
        component = run.component(task)
        if component.get("executorLabel") == executor:
            return run, task
        if "dag" in component:
            try:
                return first_use(run.inner(task), executor)
            except LookupError:
                continue
    raise LookupError(executor)


def modelled(documents: Documents, pod: dict[str, Any]) -> dict[str, Any]:
    spec, platform = documents
    placement = resolve_placement(PLACEMENTS[pod["placement"]])._asdict()
    run = whole_run(spec, typical_outputs() | placement)
    pipeline, task = first_use(run, TASKS[pod["kind"]])
    component = pipeline.tasks[task]["componentRef"]["name"]
    package = Package(spec, platform)
    patch: dict[str, Any] = json.loads(
        pod_patch(
            pipeline=pipeline,
            task=task,
            container=package.container(component),
            settings=package.settings(component),
        )
    )
    return patch


def by_name(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in entries}


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: f"{pod['placement']}-{pod['kind']}")
def test_a_pod_is_as_kfps_driver_makes_it(documents: Documents, pod: dict[str, Any]) -> None:
    patch, golden = modelled(documents, pod), pod["podSpecPatch"]
    assert patch.keys() == golden.keys()
    assert by_name(patch["volumes"]) == by_name(golden["volumes"])
    same = ("nodeSelector", "tolerations", "imagePullSecrets", "activeDeadlineSeconds")
    assert {key: patch.get(key) for key in same} == {key: golden.get(key) for key in same}
    (made,), (container,) = patch["containers"], golden["containers"]
    for key in ("resources", "securityContext", "image"):
        assert made[key] == container[key]
    assert by_name(made["volumeMounts"]) == by_name(container["volumeMounts"])
    # The plugin is in every pod of the model.
    assert by_name(container["env"]).keys() <= by_name(made["env"]).keys()
    if "plugin" in pod:
        assert by_name(container["env"]).keys() == by_name(made["env"]).keys()


@pytest.mark.parametrize("kind", ["train", "infer", "post"])
def test_the_launcher_is_told_as_much(documents: Documents, kind: str) -> None:
    pod = next(one for one in PODS if (one["kind"], one["placement"]) == (kind, "default"))
    words = modelled(documents, pod)["containers"][0]["command"]
    golden = pod["podSpecPatch"]["containers"][0]["command"]
    assert [word for word in words if word.startswith("--")] == [
        word for word in golden if word.startswith("--")
    ]
    inputs, golden_inputs = (
        json.loads(one[one.index("--executor_input") + 1]) for one in (words, golden)
    )
    for side, part in (("inputs", "artifacts"), ("outputs", "artifacts")):
        assert inputs[side].get(part, {}).keys() == golden_inputs[side].get(part, {}).keys()
    assert len(" ".join(words)) == pytest.approx(len(" ".join(golden)), rel=0.1)
