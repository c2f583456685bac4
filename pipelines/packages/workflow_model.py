"""The parts of an Argo workflow that KFP makes of a package; `workflow_size` says how."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.packages.compiled_package import Package
from pipelines.packages.go_json import Json, go_json

# How arguments of a workflow are called (argocompiler/argo.go).
_COMPONENT, _IMPLEMENTATION, _KUBERNETES = "components-", "implementations-", "kubernetes-"
_PARENT = "{{inputs.parameters.parent-dag-id}}"


class Workflow:
    """What becomes of a package.

    Args:
        package: to be run.
    """

    def __init__(self, package: Package) -> None:
        self._package = package

    def arguments(self) -> Json:
        """The arguments of the workflow; of several with one name the first is kept."""
        package = self._package
        texts = {_COMPONENT + name: go_json(dag) for name, dag in package.dags.items()}
        for name, component in package.components.items():
            if not package.is_container(name):
                continue
            key = package.key(name)
            texts.setdefault(_COMPONENT + key, go_json(component))
            texts.setdefault(_IMPLEMENTATION + key, go_json(package.container(name)))
            if package.has_settings(name):
                texts[_KUBERNETES + name] = go_json(package.settings(name))
        return _parameters(texts)

    def templates(self) -> list[Json]:
        """The templates of the pipeline and its sub-pipelines, and two for each loop."""
        templates: list[Json] = []
        for name, dag in self._package.dags.items():
            tasks: list[Json] = []
            for task_name, task in dag["dag"]["tasks"].items():
                if "parameterIterator" in task:
                    templates += self._loop(task_name, task)
                    tasks.append(_loop_task(task_name, task))
                else:
                    tasks += (self._driver(task_name, task), self._executor(task_name, task))
            templates.append(_template(name, tasks))
        return templates

    def _driver(self, name: str, task: Json) -> Json:
        component = task["componentRef"]["name"]
        inputs = {
            "component": _argument(_COMPONENT + self._package.key(component)),
            "task": go_json(task),
            "task-name": name,
            "parent-dag-id": _PARENT,
        }
        if self._package.is_container(component):
            inputs["container"] = _argument(_IMPLEMENTATION + self._package.key(component))
        if self._package.has_settings(component):
            inputs["kubernetes-config"] = _argument(_KUBERNETES + component)
        return {
            "name": f"{name}-driver",
            "template": "system-container-driver",
            "arguments": _parameters(inputs),
            **_depends(task),
        }

    def _loop(self, name: str, task: Json) -> list[Json]:
        """dag.go, iteratorTask and iterationItemTask: the loop, and its body with an index.

        Args:
            name: of the task.
            task: its specification.
        """
        inputs = {
            "component": _argument(_COMPONENT + self._package.key(task["componentRef"]["name"])),
            "task": go_json(task),
            "task-name": name,
            "parent-dag-id": _PARENT,
        }
        driver = {
            "name": "iteration-driver",
            "template": "system-dag-driver",
            "arguments": _parameters(inputs),
        }
        result = "{{tasks.iteration-driver.outputs.parameters."
        repeated = {"parent-dag-id": f"{result}execution-id}}}}", "iteration-index": "{{item}}"}
        iterations = {
            "name": "iteration-iterations",
            "template": iteration_template(task),
            "arguments": _parameters(repeated),
            "depends": "iteration-driver.Succeeded",
            "withSequence": {"count": f"{result}iteration-count}}}}"},
        }
        index = {"name": "iteration-index", "value": "{{inputs.parameters.iteration-index}}"}
        item = self._driver("iteration-item", task)
        item.pop("depends", None)
        item["arguments"]["parameters"].append(index)
        body = self._executor("iteration-item", task)
        loop = _template(iterator_template(name, task), [driver, iterations])
        limit = task.get("iteratorPolicy", {}).get("parallelismLimit")
        return [
            loop | ({"parallelism": limit} if limit else {}),
            _template(iteration_template(task), [item, body], "iteration-index"),
        ]

    def _executor(self, name: str, task: Json) -> Json:
        component = task["componentRef"]["name"]
        result = f"{{{{tasks.{name}-driver.outputs.parameters."
        if not self._package.is_container(component):
            template = component
            inputs = {
                "parent-dag-id": f"{result}execution-id}}}}",
                "condition": f"{result}condition}}}}",
            }
        else:
            template = f"{self._package.executor_prefix(component, task)}system-container-executor"
            inputs = {
                "pod-spec-patch": f"{result}pod-spec-patch}}}}",
                "cached-decision": f"{result}cached-decision}}}}",
                **self._package.executor_arguments(component, task),
            }
        return {
            "name": name,
            "template": template,
            "arguments": _parameters(inputs),
            "depends": f"{name}-driver.Succeeded",
        }


def _template(name: str, tasks: list[Json], *parameters: str) -> Json:
    names = ("parent-dag-id", *parameters)
    return {
        "name": name,
        "inputs": {"parameters": [{"name": one} for one in names]},
        "outputs": {},
        "metadata": {},
        "dag": {"tasks": tasks},
    }


def iterator_template(name: str, task: Json) -> str:
    """Name of the template that runs a loop.

    Args:
        name: of the task that is the loop.
        task: its specification.
    """
    return f"{task['componentRef']['name']}-{name}-iterator"


def iteration_template(task: Json) -> str:
    """Name of the template that runs a loop's body once."""
    return f"{task['componentRef']['name']}-iteration"


def _loop_task(name: str, task: Json) -> Json:
    return {
        "name": name,
        "template": iterator_template(name, task),
        "arguments": _parameters({"parent-dag-id": _PARENT}),
        **_depends(task),
    }


def _depends(task: Json) -> Json:
    needed = " && ".join(f"{one}.Succeeded" for one in task.get("dependentTasks", ()))
    return {"depends": needed} if needed else {}


def _argument(name: str) -> str:
    return f"{{{{workflow.parameters.{name}}}}}"


def _parameters(values: Mapping[str, str]) -> Json:
    return {"parameters": [{"name": name, "value": value} for name, value in values.items()]}
