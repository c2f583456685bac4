"""The parts of an Argo workflow that KFP makes of a package; `workflow_size` says how."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pipelines.packages.go_json import Json, go_json

# How arguments of a workflow are called (argocompiler/argo.go).
_COMPONENT, _IMPLEMENTATION, _KUBERNETES = "components-", "implementations-", "kubernetes-"
_PARENT = "{{inputs.parameters.parent-dag-id}}"


class Package:
    """A compiled pipeline, and what becomes of its components."""

    def __init__(self, spec: Mapping[str, Any], platform: Mapping[str, Any]) -> None:
        """Look at a package.

        Args:
            spec: a PipelineSpec.
            platform: a PlatformSpec.
        """
        self._components: Mapping[str, Json] = spec["components"]
        self._dags = {"root": spec["root"]} | {
            name: component for name, component in self._components.items() if "dag" in component
        }
        self._executors: Mapping[str, Json] = spec["deploymentSpec"]["executors"]
        kubernetes = platform.get("platforms", {}).get("kubernetes", {})
        self._settings: Mapping[str, Json] = kubernetes.get("deploymentSpec", {}).get(
            "executors", {}
        )

    def arguments(self) -> Json:
        """The arguments of the workflow; of several with one name the first is kept."""
        texts = {_COMPONENT + name: go_json(dag) for name, dag in self._dags.items()}
        for name, component in self._components.items():
            executor = component.get("executorLabel")
            if executor is None:
                continue
            key = self._key(name)
            texts.setdefault(_COMPONENT + key, go_json(component))
            texts.setdefault(_IMPLEMENTATION + key, go_json(self.container(name)))
            if executor in self._settings:
                texts[_KUBERNETES + name] = go_json(self._settings[executor])
        return _parameters(texts)

    def templates(self) -> list[Json]:
        """The templates of the pipeline and its sub-pipelines, and two for each loop."""
        found: list[Json] = []
        for name, dag in self._dags.items():
            tasks: list[Json] = []
            for task_name, task in dag["dag"]["tasks"].items():
                if "parameterIterator" in task:
                    found += self._loop(task_name, task)
                    tasks.append(_loop_task(task_name, task))
                else:
                    tasks += (self._driver(task_name, task), self._executor(task_name, task))
            found.append(_template(name, tasks))
        return found

    def component_text(self, name: str) -> str:
        """The specification of a component or of the root, as a driver is given it."""
        return go_json(self._dags.get(name) or self._components[name])

    def container(self, component: str) -> Json:
        """The container of a component."""
        executor: Json = self._executors[self._components[component]["executorLabel"]]
        container: Json = executor["container"]
        return container

    def settings(self, component: str) -> Json:
        """The settings for Kubernetes of a component."""
        return self._settings.get(self._components[component]["executorLabel"], {})

    def executor_prefix(self, component: str, task: Json) -> str:
        """How the names of the templates that run a task begin.

        Args:
            component: name of the task's component.
            task: its specification.
        """
        labels = len(self._labels(component))
        retried = "retry-" if "retryPolicy" in task else ""
        return (f"metadata-0-{labels}-" if labels else "") + retried

    def executor_arguments(self, component: str, task: Json) -> dict[str, str]:
        """What the template that runs a task is given beside the patch of its pod.

        Args:
            component, task: see `executor_prefix`.
        """
        labels = [
            pair
            for label in self._labels(component).items()
            for pair in zip(
                ("pod-metadata-label-key", "pod-metadata-label-val"), label, strict=True
            )
        ]
        return dict(labels) | _retries(task.get("retryPolicy"))

    def _labels(self, component: str) -> dict[str, str]:
        labels: dict[str, str] = self.settings(component).get("podMetadata", {}).get("labels", {})
        return labels

    def _key(self, component: str) -> str:
        """What a component's arguments are named by."""
        if component in self._dags:
            return component
        return hashlib.sha256(go_json(self.container(component)).encode()).hexdigest()

    def _driver(self, name: str, task: Json) -> Json:
        component = task["componentRef"]["name"]
        executor = self._components[component].get("executorLabel")
        given = {
            "component": _argument(_COMPONENT + self._key(component)),
            "task": go_json(task),
            "task-name": name,
            "parent-dag-id": _PARENT,
        }
        if executor is not None:
            given["container"] = _argument(_IMPLEMENTATION + self._key(component))
        if executor in self._settings:
            given["kubernetes-config"] = _argument(_KUBERNETES + component)
        return {
            "name": f"{name}-driver",
            "template": "system-container-driver",
            "arguments": _parameters(given),
            **_depends(task),
        }

    def _loop(self, name: str, task: Json) -> list[Json]:
        """dag.go, iteratorTask and iterationItemTask: the loop, and its body with an index.

        Args:
            name: of the task.
            task: its specification.
        """
        given = {
            "component": _argument(_COMPONENT + self._key(task["componentRef"]["name"])),
            "task": go_json(task),
            "task-name": name,
            "parent-dag-id": _PARENT,
        }
        driver = {
            "name": "iteration-driver",
            "template": "system-dag-driver",
            "arguments": _parameters(given),
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
        executor = self._components[component].get("executorLabel")
        result = f"{{{{tasks.{name}-driver.outputs.parameters."
        if executor is None:
            template = component
            given = {
                "parent-dag-id": f"{result}execution-id}}}}",
                "condition": f"{result}condition}}}}",
            }
        else:
            template = f"{self.executor_prefix(component, task)}system-container-executor"
            given = {
                "pod-spec-patch": f"{result}pod-spec-patch}}}}",
                "cached-decision": f"{result}cached-decision}}}}",
                **self.executor_arguments(component, task),
            }
        return {
            "name": name,
            "template": template,
            "arguments": _parameters(given),
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


def _retries(policy: Json | None) -> dict[str, str]:
    if not policy:
        return {}
    return {
        "retry-max-count": str(policy["maxRetryCount"]),
        "retry-backoff-duration": policy["backoffDuration"].rstrip("s"),
        "retry-backoff-factor": f"{policy['backoffFactor']:g}",
        "retry-backoff-max-duration": policy["backoffMaxDuration"].rstrip("s"),
    }
