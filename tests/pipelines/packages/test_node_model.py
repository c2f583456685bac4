"""The nodes of a run, by hand for a tiny pipeline: a task, and a sub-pipeline that waits for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.packages.go_json import go_json
from pipelines.packages.node_model import RunNodes
from pipelines.packages.node_status import NodeTable
from pipelines.packages.run_model import whole_run
from pipelines.packages.workflow_model import Package

Spec = dict[str, Any]


def task(component: str, *needed: str, **inputs: Any) -> Spec:
    return {
        "componentRef": {"name": component},
        "taskInfo": {"name": component},
        "dependentTasks": list(needed),
        "inputs": {"parameters": inputs},
    }


STAGE = {
    "executorLabel": "exec-stage",
    "inputDefinitions": {"parameters": {"number": {"parameterType": "NUMBER_INTEGER"}}},
}
SPEC: Spec = {
    "pipelineInfo": {"name": "tiny"},
    "root": {
        "inputDefinitions": {"parameters": {"number": {"defaultValue": 7.0}}},
        "dag": {
            "tasks": {
                "first": task("comp-stage", number={"componentInputParameter": "number"}),
                "inner": task("comp-inner", "first"),
            }
        },
    },
    "components": {
        "comp-stage": STAGE,
        "comp-inner": {
            "dag": {
                "tasks": {"second": task("comp-stage", number={"runtimeValue": {"constant": 3.0}})}
            }
        },
    },
    "deploymentSpec": {
        "executors": {
            "exec-stage": {"container": {"image": "stage:1", "command": ["run"], "args": ["<a>"]}}
        }
    },
}
RUN = "tiny-abcde"
IN_ROOT = f"{RUN}(0).root(0)"


@pytest.fixture(scope="module")
def table() -> NodeTable:
    nodes = NodeTable(RUN)
    RunNodes(Package(SPEC, {}), nodes).add_run(whole_run(SPEC, {}))
    return nodes


def node(table: NodeTable, name: str) -> Spec:
    return table.found[table.id_of(name)]


def inputs_of(table: NodeTable, name: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in node(table, name)["inputs"]["parameters"]}


def test_each_node_is_there_with_its_first_attempt(table: NodeTable) -> None:
    once = [
        RUN,
        f"{RUN}(0).root-driver",
        f"{RUN}(0).root",
        f"{IN_ROOT}.first-driver",
        f"{IN_ROOT}.first",
        f"{IN_ROOT}.first(0).executor",
        f"{IN_ROOT}.inner-driver",
        f"{IN_ROOT}.inner",
        f"{IN_ROOT}.inner(0).second-driver",
        f"{IN_ROOT}.inner(0).second",
        f"{IN_ROOT}.inner(0).second(0).executor",
    ]
    names = {one["name"] for one in table.found.values()}
    assert names == {*once, *(f"{name}(0)" for name in once)}
    pods = [one["name"] for one in table.found.values() if one["type"] == "Pod"]
    assert len(pods) == 6
    assert all("driver(0)" in name or name.endswith("executor(0)") for name in pods)


def test_an_id_is_a_hash_of_the_name(table: NodeTable) -> None:
    # FNV-1a of 32 bits, as Go's hash/fnv has it: of "a" e40c292c.
    assert table.id_of("a") == f"{RUN}-{0xE40C292C}"
    assert table.id_of(RUN) == RUN


def test_a_driver_is_given_everything_and_puts_out_the_patch(table: NodeTable) -> None:
    given = inputs_of(table, f"{IN_ROOT}.first-driver(0)")
    assert given == inputs_of(table, f"{IN_ROOT}.first-driver")
    assert json.loads(given["component"]) == STAGE
    assert (
        json.loads(given["container"])
        == SPEC["deploymentSpec"]["executors"]["exec-stage"]["container"]
    )
    assert json.loads(given["task"])["taskInfo"] == {"name": "comp-stage"}
    assert given["task-name"] == "first"
    outputs = node(table, f"{IN_ROOT}.first-driver(0)")["outputs"]
    patch, *_ = outputs["parameters"]
    assert patch["valueFrom"] == {"path": "/tmp/outputs/pod-spec-patch", "default": ""}
    (container,) = json.loads(patch["value"])["containers"]
    assert container["image"] == "stage:1"
    told = container["command"][container["command"].index("--executor_input") + 1]
    assert json.loads(told)["inputs"] == {"parameterValues": {"number": 7}}
    # Four nodes get it as an input, the driver's two put it out.
    holders = [one["name"] for one in table.found.values() if patch["value"] in _values(one)]
    assert sorted(holders) == sorted(
        f"{IN_ROOT}.first{suffix}"
        for suffix in ("-driver", "-driver(0)", "", "(0)", "(0).executor", "(0).executor(0)")
    )


def _values(one: Spec) -> list[str]:
    return [
        parameter["value"]
        for side in ("inputs", "outputs")
        for parameter in one.get(side, {}).get("parameters", ())
    ]


def test_a_sub_pipelines_driver_is_given_all_its_tasks(table: NodeTable) -> None:
    given = inputs_of(table, f"{IN_ROOT}.inner-driver(0)")
    assert json.loads(given["component"]) == SPEC["components"]["comp-inner"]
    assert inputs_of(table, f"{IN_ROOT}.inner(0)") == {"parent-dag-id": "1234"}


def test_nodes_hang_together_as_tasks_wait_for_each_other(table: NodeTable) -> None:
    def children(name: str) -> list[str]:
        return [table.found[one]["name"] for one in node(table, name).get("children", ())]

    assert children(IN_ROOT) == [f"{IN_ROOT}.first-driver"]
    assert children(f"{IN_ROOT}.first-driver") == [f"{IN_ROOT}.first-driver(0)"]
    assert children(f"{IN_ROOT}.first-driver(0)") == [f"{IN_ROOT}.first"]
    assert children(f"{IN_ROOT}.first(0)") == [
        f"{IN_ROOT}.first(0).executor",
        f"{IN_ROOT}.inner-driver",
    ]
    outbound = node(table, IN_ROOT)["outboundNodes"]
    assert [table.found[one]["name"] for one in outbound] == [f"{IN_ROOT}.inner(0)"]


def test_every_node_has_what_argo_gives_it(table: NodeTable) -> None:
    for one in table.found.values():
        assert one["templateScope"] == f"local/{RUN}"
        assert one["phase"] == "Succeeded"
        assert ("boundaryID" in one) == (one["name"] not in (RUN, f"{RUN}(0)"))
        assert ("hostNodeName" in one) == (one["type"] == "Pod")
    assert go_json(table.found).count("main.log") == 12
