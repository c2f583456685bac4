"""Which nodes a run has in Argo, and how they hang together.

Argo 4.0.5, workflow/controller/operator.go, executeTemplate, and dag.go, executeDAGTask; for what
each node is given KFP 2.17.0, backend/src/v2/compiler/argocompiler. The task of a stage has three
nodes: its driver, a DAG that leaves a cached stage out, and in it the stage; that of a sub-pipeline
two: driver and DAG. A loop has a DAG, in it its driver and a group, and for each iteration a DAG
with the nodes of a task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.packages.compiled_package import Package
from pipelines.packages.driver_nodes import DriverNodes, TaskPlace
from pipelines.packages.go_json import Json
from pipelines.packages.node_status import NodeTable
from pipelines.packages.run_model import Pipeline
from pipelines.packages.workflow_model import iteration_template, iterator_template


@dataclass(frozen=True)
class RunNodes:
    """Adds the nodes of a run in which every task runs once.

    Attributes:
        package: what runs.
        nodes: where to.
    """

    package: Package
    nodes: NodeTable

    @property
    def drivers(self) -> DriverNodes:
        """Adds those of drivers."""
        return DriverNodes(self.package, self.nodes)

    def add_run(self, run: Pipeline) -> None:
        """Add the nodes of a whole run."""
        first = self.nodes.add(
            name=self.nodes.workflow, template="entrypoint", boundary="", kind="DAG"
        )
        name, boundary = f"{first['name']}.root", first["id"]
        driver = self.drivers.add_first(run=run, name=f"{name}-driver", boundary=boundary)
        first["children"] = [self.nodes.id_of(f"{name}-driver")]
        root = self._add_pipeline(run=run, name=name, template="root", boundary=boundary)
        driver["children"] = [self.nodes.id_of(name)]
        first["outboundNodes"] = [root["id"]]

    def _add_pipeline(self, *, run: Pipeline, name: str, template: str, boundary: str) -> Json:
        """Add a sub-pipeline with all that is in it; returns its attempt.

        Args:
            run: the sub-pipeline.
            name: of its node.
            template: that the node runs.
            boundary: id of the node that it is in.
        """
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
            place = TaskPlace(
                run=run, task=task, path=f"{attempt['name']}.{task}", boundary=attempt["id"]
            )
            loop = "parameterIterator" in specification
            first = self.nodes.id_of(place.path if loop else f"{place.path}-driver")
            needed = specification.get("dependentTasks", ())
            for before in [ends[one] for one in needed] or [attempt]:
                before.setdefault("children", []).append(first)
            ends[task] = self._add_loop(place) if loop else self._add_task(place)
        waited_for = {one for task in run.tasks.values() for one in task.get("dependentTasks", ())}
        attempt["outboundNodes"] = [ends[one]["id"] for one in sorted(ends.keys() - waited_for)]
        return attempt

    def _add_loop(self, place: TaskPlace) -> Json:
        """Add a loop with all that it repeats; returns its attempt.

        Argo 4.0.5, dag.go, executeDAGTask: a group, which is never tried again, and in it a node
        for each item, named `iteration-iterations(0:0)` (operator.go, processItem).
        """
        specification = place.run.tasks[place.task]
        attempt = self.nodes.add(
            name=place.path,
            template=iterator_template(place.task, specification),
            boundary=place.boundary,
            kind="DAG",
            inputs={"parent-dag-id": "1234"},
        )
        within = replace(place, path=attempt["name"], boundary=attempt["id"])
        group = f"{within.path}.iteration-iterations"
        driver = self.drivers.add_of_loop(within)
        attempt["children"] = [self.nodes.id_of(f"{within.path}.iteration-driver")]
        driver["children"] = [self.nodes.id_of(group)]
        attempt["outboundNodes"] = [self.nodes.id_of(group)]
        names = [f"{group}({index}:{index})" for index, _ in enumerate(place.run.items(place.task))]
        for index, name in enumerate(names):
            self._add_iteration(within, name, index)
        self.nodes.add_group(
            name=group,
            template=iteration_template(specification),
            boundary=attempt["id"],
            members=[self.nodes.id_of(name) for name in names],
        )
        return attempt

    def _add_iteration(self, loop: TaskPlace, name: str, index: int) -> None:
        """Add an iteration with all that it runs.

        Args:
            loop: the loop, whose node is the boundary.
            name: of the iteration's node.
            index: of the iteration.
        """
        attempt = self.nodes.add(
            name=name,
            template=iteration_template(loop.run.tasks[loop.task]),
            boundary=loop.boundary,
            kind="DAG",
            inputs={"parent-dag-id": "1234", "iteration-index": str(index)},
        )
        run, task = loop.run.iteration(loop.task, index)
        place = TaskPlace(
            run=run,
            task=task,
            path=f"{attempt['name']}.iteration-item",
            boundary=attempt["id"],
            loop=loop.task,
            index=str(index),
        )
        attempt["children"] = [self.nodes.id_of(f"{place.path}-driver")]
        attempt["outboundNodes"] = self._add_task(place)["outboundNodes"]

    def _add_task(self, place: TaskPlace) -> Json:
        """Add a task, its driver first; returns the attempt of what that drives."""
        driver = self.drivers.add(place)
        driver["children"] = [self.nodes.id_of(place.path)]
        if place.is_pipeline:
            return self._add_pipeline(
                run=place.run.inner(place.task),
                name=place.path,
                template=place.component,
                boundary=place.boundary,
            )
        return self._add_executor(place)

    def _add_executor(self, place: TaskPlace) -> Json:
        """A container task is a DAG of one task, so that a cached one can be left out."""
        specification = place.run.tasks[place.task]
        arguments = self.package.executor_arguments(place.component, specification)
        patch = {"pod-spec-patch": self.drivers.patch(place)}
        prefix = self.package.executor_prefix(place.component, specification)
        attempt = self.nodes.add(
            name=place.path,
            template=f"{prefix}system-container-executor",
            boundary=place.boundary,
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
