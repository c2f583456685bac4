"""Which nodes a run has in Argo, and how they hang together.

Argo 4.0.5, workflow/controller/operator.go, executeTemplate, and dag.go, executeDAGTask; for what
each node is given KFP 2.17.0, backend/src/v2/compiler/argocompiler. The task of a stage has three
nodes: its driver, a DAG that leaves a cached stage out, and in it the stage; that of a sub-pipeline
two: driver and DAG. A loop has a DAG, in it its driver and a group, and for each iteration a DAG
with the nodes of a task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.packages.go_json import Json, go_json
from pipelines.packages.node_status import NodeTable
from pipelines.packages.pod_patch import pod_patch
from pipelines.packages.run_model import Pipeline
from pipelines.packages.workflow_model import (
    Package,
    iteration_template,
    iterator_template,
)

# argocompiler/dag.go and container.go: the outputs of the two drivers, with their defaults.
_DAG_OUTPUTS = {"execution-id": None, "iteration-count": "0", "condition": "true"}
_CONTAINER_OUTPUTS = {"pod-spec-patch": "", "cached-decision": "false", "condition": "true"}


@dataclass(frozen=True)
class RunNodes:
    """Adds the nodes of a run in which every task runs once.

    Attributes:
        package: what runs.
        nodes: where to.
    """

    package: Package
    nodes: NodeTable

    def add_run(self, run: Pipeline) -> None:
        """Add the nodes of a whole run."""
        first = self.nodes.add(
            name=self.nodes.workflow, template="entrypoint", boundary="", kind="DAG"
        )
        driver = self.nodes.add_pod(
            name=f"{first['name']}.root-driver",
            template="system-dag-driver",
            boundary=first["id"],
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
        first["children"] = [self.nodes.id_of(f"{first['name']}.root-driver")]
        root = self._add_pipeline(
            run=run, name=f"{first['name']}.root", template="root", boundary=first["id"]
        )
        driver["children"] = [self.nodes.id_of(f"{first['name']}.root")]
        first["outboundNodes"] = [root["id"]]

    def _add_pipeline(self, *, run: Pipeline, name: str, template: str, boundary: str) -> Json:
        """Add a sub-pipeline with all that is in it; returns its attempt."""
        attempt = self.nodes.add(
            name=name,
            template=template,
            boundary=boundary,
            kind="DAG",
            inputs={"parent-dag-id": "1234"},
        )
        ends: dict[str, Json] = {}
        for task in run.order():
            specification = run.tasks[task]
            needed = specification.get("dependentTasks", ())
            path = f"{attempt['name']}.{task}"
            loop = "parameterIterator" in specification
            for before in [ends[one] for one in needed] or [attempt]:
                first = self.nodes.id_of(path if loop else f"{path}-driver")
                before.setdefault("children", []).append(first)
            boundary = attempt["id"]
            if loop:
                ends[task] = self._add_loop(run=run, task=task, path=path, boundary=boundary)
                continue
            driver = self._add_driver(run=run, task=task, path=path, boundary=boundary)
            driver["children"] = [self.nodes.id_of(path)]
            ends[task] = self._add_body(run=run, task=task, path=path, boundary=boundary)
        waited_for = {one for task in run.tasks.values() for one in task.get("dependentTasks", ())}
        attempt["outboundNodes"] = [ends[one]["id"] for one in sorted(ends.keys() - waited_for)]
        return attempt

    def _add_loop(self, *, run: Pipeline, task: str, path: str, boundary: str) -> Json:
        """Add a loop with all that it repeats; returns its attempt.

        Argo 4.0.5, dag.go, executeDAGTask: a group, which is never tried again, and in it a node
        for each item, named `iteration-iterations(0:0)` (operator.go, processItem).
        """
        specification = run.tasks[task]
        attempt = self.nodes.add(
            name=path,
            template=iterator_template(task, specification),
            boundary=boundary,
            kind="DAG",
            inputs={"parent-dag-id": "1234"},
        )
        group = f"{attempt['name']}.iteration-iterations"
        driver = self._add_dag_driver(
            specification=specification,
            task=task,
            name=f"{attempt['name']}.iteration-driver",
            boundary=attempt["id"],
            count=len(run.items(task)),
        )
        attempt["children"] = [self.nodes.id_of(f"{attempt['name']}.iteration-driver")]
        driver["children"] = [self.nodes.id_of(group)]
        attempt["outboundNodes"] = [self.nodes.id_of(group)]
        members: list[str] = []
        for index, _ in enumerate(run.items(task)):
            name = f"{group}({index}:{index})"
            members.append(self.nodes.id_of(name))
            one = self.nodes.add(
                name=name,
                template=iteration_template(specification),
                boundary=attempt["id"],
                kind="DAG",
                inputs={"parent-dag-id": "1234", "iteration-index": str(index)},
            )
            item = f"{one['name']}.iteration-item"
            again, again_task = run.iteration(task, index)
            given = {"run": again, "task": again_task, "path": item, "boundary": one["id"]}
            inner = self._add_driver(**given, loop=task, index=str(index))
            one["children"] = [self.nodes.id_of(f"{item}-driver")]
            inner["children"] = [self.nodes.id_of(item)]
            body = self._add_body(**given)
            one["outboundNodes"] = body["outboundNodes"]
        self.nodes.add_group(
            name=group,
            template=iteration_template(specification),
            boundary=attempt["id"],
            members=members,
        )
        return attempt

    def _add_body(self, *, run: Pipeline, task: str, path: str, boundary: str) -> Json:
        """Add what a task's driver comes before; returns its attempt."""
        if "dag" in run.component(task):
            component = run.tasks[task]["componentRef"]["name"]
            return self._add_pipeline(
                run=run.inner(task), name=path, template=component, boundary=boundary
            )
        return self._add_executor(run=run, task=task, path=path, boundary=boundary)

    def _add_dag_driver(
        self,
        *,
        specification: Json,
        task: str,
        name: str,
        boundary: str,
        index: str = "-1",
        count: int = 0,
    ) -> Json:
        """Add the driver of a sub-pipeline, or of a loop.

        Args:
            specification: of the task.
            task: its name.
            name: of the node.
            boundary: id of the node that it is in.
            index: of the iteration.
            count: of the loop's iterations.
        """
        answers = {"execution-id": "1234", "condition": "nil"}
        counted = {"iteration-count": str(count)} if count else {}
        return self.nodes.add_pod(
            name=name,
            template="system-dag-driver",
            boundary=boundary,
            inputs=self._given(specification, task, index)
            | {"runtime-config": "", "driver-type": "DAG"},
            outputs=_outputs(_DAG_OUTPUTS, answers | counted),
        )

    def _given(self, specification: Json, task: str, index: str) -> dict[str, str]:
        """What both drivers are given."""
        return {
            "component": self.package.component_text(specification["componentRef"]["name"]),
            "task": go_json(specification),
            "task-name": task,
            "parent-dag-id": "1234",
            "iteration-index": index,
        }

    def _add_driver(
        self,
        *,
        run: Pipeline,
        task: str,
        path: str,
        boundary: str,
        loop: str = "",
        index: str = "-1",
    ) -> Json:
        """Add the driver of a task, or of an iteration.

        Args:
            run: that the task is in.
            task: its name.
            path: name of the node of what it drives.
            boundary: id of the node that it is in.
            loop: name of the task that is the loop of which it is an iteration.
            index: of the iteration.
        """
        specification = run.tasks[loop or task]
        name = f"{path}-driver"
        if "dag" in run.component(task):
            return self._add_dag_driver(
                specification=specification,
                task=loop or task,
                name=name,
                boundary=boundary,
                index=index,
            )
        component = specification["componentRef"]["name"]
        texts = {
            "container": go_json(self.package.container(component)),
            "kubernetes-config": go_json(self.package.settings(component)),
        }
        answers = {"pod-spec-patch": self._patch(run, task), "condition": "nil"}
        return self.nodes.add_pod(
            name=name,
            template="system-container-driver",
            boundary=boundary,
            inputs=self._given(specification, loop or task, index) | texts,
            outputs=_outputs(_CONTAINER_OUTPUTS, answers),
        )

    def _patch(self, run: Pipeline, task: str) -> str:
        component = run.tasks[task]["componentRef"]["name"]
        return pod_patch(
            pipeline=run,
            task=task,
            container=self.package.container(component),
            settings=self.package.settings(component),
        )

    def _add_executor(self, *, run: Pipeline, task: str, path: str, boundary: str) -> Json:
        """A container task is a DAG of one task, so that a cached one can be left out."""
        component = run.tasks[task]["componentRef"]["name"]
        arguments = self.package.executor_arguments(component, run.tasks[task])
        patch = {"pod-spec-patch": self._patch(run, task)}
        prefix = self.package.executor_prefix(component, run.tasks[task])
        attempt = self.nodes.add(
            name=path,
            template=f"{prefix}system-container-executor",
            boundary=boundary,
            kind="DAG",
            inputs=patch | {"cached-decision": "false"} | arguments,
        )
        inner = f"{attempt['name']}.executor"
        self.nodes.add_pod(
            name=inner,
            template=f"{prefix}system-container-impl",
            boundary=attempt["id"],
            inputs=patch | arguments,
            outputs={},
        )
        attempt["children"] = [self.nodes.id_of(inner)]
        attempt["outboundNodes"] = [self.nodes.id_of(f"{inner}(0)")]
        return attempt


def _outputs(defaults: Mapping[str, str | None], values: Mapping[str, Any]) -> Json:
    """Outputs of a driver: each with the file that it was read from."""
    parameters: list[Json] = []
    for name, default in defaults.items():
        source = {"path": f"/tmp/outputs/{name}"}
        if default is not None:
            source["default"] = default
        parameters.append({"name": name, "value": values.get(name, default), "valueFrom": source})
    return {"parameters": parameters}
