"""The nodes of a run, by hand for a tiny pipeline: a task, and a sub-pipeline that waits for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.packages.compiled_package import Package
from pipelines.packages.go_json import go_json
from pipelines.packages.node_model import RunNodes
from pipelines.packages.node_status import NodeTable
from pipelines.packages.run_model import whole_run
from pipelines.packages.workflow_model import Workflow

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


def loop(component: str) -> Spec:
    """The tiny pipeline with a loop of two over a component after its first task."""
    repeated = task(component, "first", number={"runtimeValue": {"constant": 3.0}}) | {
        "parameterIterator": {"itemInput": "share", "items": {"raw": '["1/2", "2/2"]'}},
        "iteratorPolicy": {"parallelismLimit": 1},
    }
    tasks = {"first": SPEC["root"]["dag"]["tasks"]["first"], "again": repeated}
    last = task("comp-stage", "again", number={"runtimeValue": {"constant": 4.0}})
    return SPEC | {"root": SPEC["root"] | {"dag": {"tasks": {**tasks, "last": last}}}}


@pytest.mark.parametrize("component", ["comp-stage", "comp-inner"])
def test_a_loop_has_a_group_and_a_task_for_each_item(component: str) -> None:
    spec = loop(component)
    table = NodeTable(RUN)
    RunNodes(Package(spec, {}), table).add_run(whole_run(spec, {}))
    inside = f"{IN_ROOT}.again(0)"
    group = f"{inside}.iteration-iterations"
    once = [f"{IN_ROOT}.again", f"{inside}.iteration-driver"]
    for index in (0, 1):
        one = f"{group}({index}:{index})"
        item = f"{one}(0).iteration-item"
        once += [one, f"{item}-driver", item]
        if component == "comp-stage":
            once.append(f"{item}(0).executor")
        else:
            second = f"{item}(0).second"
            once += [f"{second}-driver", second, f"{second}(0).executor"]
        assert inputs_of(table, f"{item}-driver")["iteration-index"] == str(index)
        assert inputs_of(table, one) == {"parent-dag-id": "1234", "iteration-index": str(index)}
    names = {node["name"] for node in table.found.values() if node["name"].startswith(once[0])}
    assert names == {group, *once, *(f"{name}(0)" for name in once)}
    assert node(table, group)["type"] == "TaskGroup"
    children = [table.found[one]["name"] for one in node(table, group)["children"]]
    assert children == [f"{group}(0:0)", f"{group}(1:1)"]
    counted = {
        one["name"]: one["value"]
        for one in node(table, f"{inside}.iteration-driver(0)")["outputs"]["parameters"]
    }
    assert counted["iteration-count"] == "2"


def test_an_iteration_is_given_its_item() -> None:
    spec = loop("comp-stage")
    table = NodeTable(RUN)
    RunNodes(Package(spec, {}), table).add_run(whole_run(spec, {}))
    patches = []
    for index in (0, 1):
        item = f"{IN_ROOT}.again(0).iteration-iterations({index}:{index})(0).iteration-item"
        (container,) = json.loads(inputs_of(table, item)["pod-spec-patch"])["containers"]
        told = container["command"][container["command"].index("--executor_input") + 1]
        patches.append(json.loads(told))
    assert [one["inputs"]["parameterValues"] for one in patches] == [
        {"number": 3, "share": "1/2"},
        {"number": 3, "share": "2/2"},
    ]
    # Each writes elsewhere.
    files = {one["outputs"]["outputFile"] for one in patches}
    assert len(files) == 2


def test_a_loop_is_two_templates_more() -> None:
    spec = loop("comp-stage")
    templates = {one["name"]: one for one in Workflow(Package(spec, {})).templates()}
    assert templates.keys() == {
        "root",
        "comp-inner",
        "comp-stage-again-iterator",
        "comp-stage-iteration",
    }
    driver, iterations = templates["comp-stage-again-iterator"]["dag"]["tasks"]
    assert templates["comp-stage-again-iterator"]["parallelism"] == 1
    assert driver["template"] == "system-dag-driver"
    assert iterations["withSequence"] == {
        "count": "{{tasks.iteration-driver.outputs.parameters.iteration-count}}"
    }
    names = [one["name"] for one in templates["comp-stage-iteration"]["dag"]["tasks"]]
    assert names == ["iteration-item-driver", "iteration-item"]
    again = next(one for one in templates["root"]["dag"]["tasks"] if one["name"] == "again")
    assert (again["template"], again["depends"]) == (
        "comp-stage-again-iterator",
        "first.Succeeded",
    )
