"""The nodes of the drivers, which find out what each task of a run is given.

KFP 2.17.0, backend/src/v2/compiler/argocompiler/dag.go and container.go: what drivers get, and
their outputs with the defaults of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.packages.compiled_package import Package
from pipelines.packages.go_json import Json, go_json
from pipelines.packages.node_status import NodeTable
from pipelines.packages.pod_patch import pod_patch
from pipelines.packages.run_model import Pipeline

_DAG_OUTPUTS = {"execution-id": None, "iteration-count": "0", "condition": "true"}
_CONTAINER_OUTPUTS = {"pod-spec-patch": "", "cached-decision": "false", "condition": "true"}


@dataclass(frozen=True, kw_only=True)
class TaskPlace:
    """A task of a run, and where its nodes are.

    Attributes:
        run: pipeline or sub-pipeline that the task is in.
        task: its name.
        path: name of the node of what its driver drives.
        boundary: id of the node that it is in.
        loop: name of the task that is the loop of which it is an iteration; empty if of none.
        index: of the iteration.
    """

    run: Pipeline
    task: str
    path: str
    boundary: str
    loop: str = ""
    index: str = "-1"

    @property
    def component(self) -> str:
        """Name of the task's component."""
        name: str = self.run.tasks[self.task]["componentRef"]["name"]
        return name

    @property
    def is_pipeline(self) -> bool:
        """Whether the task is a sub-pipeline."""
        return "dag" in self.run.component(self.task)


@dataclass(frozen=True)
class DriverNodes:
    """Adds the nodes of drivers.

    Attributes:
        package: what runs.
        nodes: where to.
    """

    package: Package
    nodes: NodeTable

    def add_first(self, *, run: Pipeline, name: str, boundary: str) -> Json:
        """Add the driver of the whole run.

        Args:
            run: the whole.
            name: of the node.
            boundary: id of the node that it is in.
        """
        return self.nodes.add_pod(
            name=name,
            template="system-dag-driver",
            boundary=boundary,
            inputs={
                "component": self.package.component_text("root"),
                "runtime-config": go_json({"parameterValues": run.parameters}),
                "driver-type": "ROOT_DAG",
                "task": "",
                "task-name": "",
                "parent-dag-id": "0",
                "iteration-index": "-1",
            },
            outputs=_outputs(_DAG_OUTPUTS, {"execution-id": "1234"}),
        )

    def add(self, place: TaskPlace) -> Json:
        """Add the driver of a task, or of an iteration."""
        name = f"{place.path}-driver"
        if place.is_pipeline:
            return self._add_dag_driver(place, name, {})
        component = place.component
        texts = {
            "container": go_json(self.package.container(component)),
            "kubernetes-config": go_json(self.package.settings(component)),
        }
        answers = {"pod-spec-patch": self.patch(place), "condition": "nil"}
        return self.nodes.add_pod(
            name=name,
            template="system-container-driver",
            boundary=place.boundary,
            inputs=self._given(place) | texts,
            outputs=_outputs(_CONTAINER_OUTPUTS, answers),
        )

    def add_of_loop(self, place: TaskPlace) -> Json:
        """Add the driver that counts a loop's iterations; `place` is within the loop's own node."""
        count = str(len(place.run.items(place.task)))
        name = f"{place.path}.iteration-driver"
        return self._add_dag_driver(place, name, {"iteration-count": count})

    def patch(self, place: TaskPlace) -> str:
        """What the driver of a stage says of its pod."""
        return pod_patch(
            pipeline=place.run,
            task=place.task,
            container=self.package.container(place.component),
            settings=self.package.settings(place.component),
        )

    def _add_dag_driver(self, place: TaskPlace, name: str, counted: dict[str, str]) -> Json:
        """Add the driver of a sub-pipeline, or of a loop.

        Args:
            place: the task.
            name: of the node.
            counted: its output, where it counts iterations.
        """
        answers = {"execution-id": "1234", "condition": "nil"}
        return self.nodes.add_pod(
            name=name,
            template="system-dag-driver",
            boundary=place.boundary,
            inputs=self._given(place) | {"runtime-config": "", "driver-type": "DAG"},
            outputs=_outputs(_DAG_OUTPUTS, answers | counted),
        )

    def _given(self, place: TaskPlace) -> dict[str, str]:
        """What both drivers are given."""
        name = place.loop or place.task
        specification = place.run.tasks[name]
        return {
            "component": self.package.component_text(specification["componentRef"]["name"]),
            "task": go_json(specification),
            "task-name": name,
            "parent-dag-id": "1234",
            "iteration-index": place.index,
        }


def _outputs(defaults: Mapping[str, str | None], values: Mapping[str, Any]) -> Json:
    """Outputs of a driver: each with the file that it was read from."""
    parameters: list[Json] = []
    for name, default in defaults.items():
        source = {"path": f"/tmp/outputs/{name}"}
        if default is not None:
            source["default"] = default
        parameters.append({"name": name, "value": values.get(name, default), "valueFrom": source})
    return {"parameters": parameters}
