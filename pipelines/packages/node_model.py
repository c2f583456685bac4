"""Which nodes a run has in Argo, and how they hang together.

Argo 4.0.5, workflow/controller/operator.go, executeTemplate, and dag.go, executeDAGTask; for what
each node is given KFP 2.17.0, backend/src/v2/compiler/argocompiler. The task of a stage has three
nodes: its driver, a DAG that leaves a cached stage out, and in it the stage; that of a sub-pipeline
two: driver and DAG.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.packages.go_json import Json, go_json
from pipelines.packages.node_status import NodeTable
from pipelines.packages.pod_patch import pod_patch
from pipelines.packages.run_model import Pipeline
from pipelines.packages.workflow_model import Package

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
            for before in [ends[one] for one in needed] or [attempt]:
                before.setdefault("children", []).append(self.nodes.id_of(f"{path}-driver"))
            boundary = attempt["id"]
            driver = self._add_driver(run=run, task=task, path=path, boundary=boundary)
            driver["children"] = [self.nodes.id_of(path)]
            component = specification["componentRef"]["name"]
            if "dag" in run.component(task):
                ends[task] = self._add_pipeline(
                    run=run.inner(task), name=path, template=component, boundary=boundary
                )
            else:
                ends[task] = self._add_executor(run=run, task=task, path=path, boundary=boundary)
        waited_for = {one for task in run.tasks.values() for one in task.get("dependentTasks", ())}
        attempt["outboundNodes"] = [ends[one]["id"] for one in sorted(ends.keys() - waited_for)]
        return attempt

    def _add_driver(self, *, run: Pipeline, task: str, path: str, boundary: str) -> Json:
        specification = run.tasks[task]
        component = specification["componentRef"]["name"]
        inputs = {
            "component": self.package.component_text(component),
            "task": go_json(specification),
            "task-name": task,
            "parent-dag-id": "1234",
            "iteration-index": "-1",
        }
        if "dag" in run.component(task):
            return self.nodes.add_pod(
                name=f"{path}-driver",
                template="system-dag-driver",
                boundary=boundary,
                inputs=inputs | {"runtime-config": "", "driver-type": "DAG"},
                outputs=_outputs(_DAG_OUTPUTS, {"execution-id": "1234", "condition": "nil"}),
            )
        texts = {
            "container": go_json(self.package.container(component)),
            "kubernetes-config": go_json(self.package.settings(component)),
        }
        answers = {"pod-spec-patch": self._patch(run, task), "condition": "nil"}
        return self.nodes.add_pod(
            name=f"{path}-driver",
            template="system-container-driver",
            boundary=boundary,
            inputs=inputs | texts,
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
