"""Pods of each class of stage as KFP 2.17.0 makes them of our package: golden/README.md."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.placement import resolve_placement
from pass_ops.engine.mounted import ENDPOINTS, MLFLOW, MOUNTED, S3
from pipelines.compile import cluster_pipelines, compile_for_cluster
from pipelines.images.pin import LOCK
from tests.cluster.golden.cases import GOLDEN, PLACEMENTS, TASKS, input_digest
from tests.cluster.golden.rules import problems

Pod = dict[str, Any]
MADE: dict[str, Any] = json.loads(GOLDEN.read_text())
ANEW = "what places stages has changed: make the goldens anew (tests/cluster/golden/README.md)"


def case_of(pod: Pod) -> str:
    return "-".join([pod["placement"], pod["kind"], *(["plugin"] if "plugin" in pod else [])])


PODS: dict[str, Pod] = {case_of(pod): pod for pod in MADE["pods"]}
MERGED = {name: pod["merged"] for name, pod in PODS.items() if "merged" in pod}


@pytest.fixture(params=PODS)
def pod(request: pytest.FixtureRequest) -> Pod:
    return PODS[request.param]


def test_the_goldens_are_of_the_package_that_we_compile(tmp_path: Path) -> None:
    package = tmp_path / "training.yaml"
    pipeline = cluster_pipelines()["training"]
    compile_for_cluster(pipeline=pipeline, package=package, lock=LOCK, allow_tags="test")
    spec, platform = yaml.load_all(package.read_text(), yaml.CSafeLoader)
    executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    now = {kind: input_digest(spec, executors, label) for kind, label in TASKS.items()}
    assert now == MADE["inputs"], ANEW


def test_every_case_is_there() -> None:
    cases = {f"{placement}-{kind}" for placement in PLACEMENTS for kind in TASKS}
    assert PODS.keys() == cases | {f"default-{kind}-plugin" for kind in TASKS}, ANEW
    assert MADE["kfp"] in GOLDEN.name


def test_kubernetes_takes_it(pod: Pod) -> None:
    import kubernetes_validate as validate

    specs = [pod["podSpecPatch"], *([pod["merged"]] if "merged" in pod else [])]
    for spec in specs:
        head = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stage"}}
        validate.validate(head | {"spec": spec}, "1.30", strict=True)
        assert list(problems(spec)) == []


# The task that reads the placement is not placed by it.
@pytest.mark.parametrize("name", [name for name, pod in PODS.items() if pod["kind"] != "first"])
def test_the_placement_is_followed(name: str) -> None:
    pod = PODS[name]
    placement = resolve_placement(PLACEMENTS[pod["placement"]])._asdict()
    patch, kind = pod["podSpecPatch"], pod["kind"]
    limits = {"cpu": placement[f"{kind}_cpu"], "memory": placement[f"{kind}_memory"]}
    resources = patch["containers"][0]["resources"]
    # Kubernetes takes limits for requests, where there are none.
    assert "requests" not in resources, ANEW
    if kind != "post":
        limits |= {placement[f"{kind}_gpu_type"]: placement[f"{kind}_gpus"]}
    assert resources["limits"] == limits, ANEW
    assert patch.get("nodeSelector", {}) == placement[f"{kind}_nodes"]
    assert patch.get("tolerations", []) == placement[f"{kind}_tolerations"]
    claims = {
        volume["persistentVolumeClaim"]["claimName"]
        for volume in patch["volumes"]
        if "persistentVolumeClaim" in volume
    }
    kernels = set() if kind == "post" else {placement["kernel_claim"]}
    assert claims == {placement["data_claim"]} | kernels


@pytest.mark.parametrize("name", MERGED)
def test_a_stage_may_do_no_more_than_the_restricted_standard_lets_it(name: str) -> None:
    (container,) = MERGED[name]["containers"]
    assert container["securityContext"] == {
        "runAsUser": 10001,
        "runAsGroup": 0,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


@pytest.mark.parametrize("kind", set(TASKS) - {"first"})
def test_with_the_plugin_its_server_and_ours_are_both_there(kind: str) -> None:
    merged = MERGED[f"default-{kind}-plugin"]
    (container,) = merged["containers"]
    variables = {one["name"]: one for one in container["env"]}
    assert "value" in variables["MLFLOW_TRACKING_URI"]
    login = variables["MLFLOW_TRACKING_USERNAME"]["valueFrom"]["secretKeyRef"]
    assert login["name"] == "kfp-mlflow-credentials"
    # Ours are files, see pass_ops/engine/mounted.py.
    mounts = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    volumes = {one["name"]: one for one in merged["volumes"]}
    for folder, kind_of_volume, optional in (
        (ENDPOINTS, "configMap", True),
        (S3, "secret", False),
        (MLFLOW, "secret", True),
    ):
        volume = volumes[mounts[f"{MOUNTED}/{folder}"]]
        assert volume[kind_of_volume]["optional"] is optional


def _add(path: str, value: Any) -> Callable[[Pod], None]:
    """A change that adds an entry to a list of a pod."""

    def change(pod: Pod) -> None:
        owner = pod if path in ("volumes", "tolerations") else pod["containers"][0]
        owner.setdefault(path, []).append(value)

    return change


def _set(part: str, name: str, value: str) -> Callable[[Pod], None]:
    def change(pod: Pod) -> None:
        pod["containers"][0]["resources"].setdefault(part, {})[name] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_add("env", {"name": "KFP_POD_NAME", "value": "a"}), "KFP_POD_NAME twice"),
        (_add("env", {"name": "A", "value": "b", "valueFrom": {"fieldRef": {}}}), "a reference"),
        (_add("env", {"name": "a-b", "value": "c"}), "no name"),
        (_add("volumes", {"name": "scratch", "emptyDir": {}}), "scratch twice"),
        (_add("volumes", {"name": "Scratch", "emptyDir": {}}), "no name"),
        (_add("volumes", {"name": "a", "emptyDir": {}, "secret": {}}), "2 sources"),
        (_add("volumeMounts", {"name": "scratch", "mountPath": "/tmp"}), "two volumes at"),
        (_add("volumeMounts", {"name": "absent", "mountPath": "/a"}), "no volume absent"),
        (_add("tolerations", {"operator": "Exists", "value": "a"}), "any value"),
        (_add("tolerations", {"value": "a"}), "without a key"),
        (_add("tolerations", {"key": "a", "tolerationSeconds": 1}), "no NoExecute"),
        (_set("requests", "cpu", "9"), "over limit"),
        (_set("limits", "nvidia.com/gpu", "500m"), "no whole number"),
        (_set("requests", "nvidia.com/gpu", "0"), "unlike limit"),
        (_set("limits", "memory", "-1Gi"), "negative"),
    ],
)
def test_what_kubernetes_refuses_is_noticed(change: Callable[[Pod], None], words: str) -> None:
    changed = copy.deepcopy(PODS["default-train"]["merged"])
    assert list(problems(changed)) == []
    change(changed)
    assert any(words in problem for problem in problems(changed))
