"""A run of a compiled pipeline as KFP's driver sees it: what each task is given.

KFP 2.17.0, backend/src/v2/driver: resolve.go finds the value of each input, driver.go
(provisionOutputs) chooses where outputs go.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pipelines.packages.go_json import Json

RUN_ID = "3f1d2c4b-5a69-4788-97a6-b5c4d3e2f101"
# Of the overlays' ConfigMap kfp-launcher, and metadata/client.go, GetPipeline.
PIPELINE_ROOT = "s3://pass-artifacts/v2/{pipeline}/" + RUN_ID
# A parameter whose value only a run can know.
UNKNOWN = "a value that only a run knows, as long as an address"


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """An output of a task: number in the metadata store, name of the output, address."""

    number: int
    name: str
    uri: str


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline or sub-pipeline in a run.

    Attributes:
        name: of the whole pipeline.
        components: of the whole pipeline, by name.
        dag: the component's specification.
        path: names of the tasks that lead to it.
        parameters, artifacts: what it is given, by name.
        known: values of parameters that tasks put out, by the parameter's name.
    """

    name: str
    components: Mapping[str, Json]
    dag: Json
    path: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> Mapping[str, Json]:
        """Specifications of its tasks by name."""
        tasks: Mapping[str, Json] = self.dag["dag"]["tasks"]
        return tasks

    def component(self, task: str) -> Json:
        """The specification of a task's component."""
        return self.components[self.tasks[task]["componentRef"]["name"]]

    def parameter(self, source: Mapping[str, Any]) -> Any:
        """The value of an input or of a field of a pod, as its source says."""
        if "componentInputParameter" in source:
            return self.parameters[source["componentInputParameter"]]
        if "runtimeValue" in source:
            return source["runtimeValue"]["constant"]
        return self.known.get(source["taskOutputParameter"]["outputParameterKey"], UNKNOWN)

    def _artifact(self, source: Mapping[str, Any]) -> Artifact:
        if "componentInputArtifact" in source:
            return self.artifacts[source["componentInputArtifact"]]
        producer = source["taskOutputArtifact"]
        return self._output(producer["producerTask"], producer["outputArtifactKey"])

    def _output(self, task: str, name: str) -> Artifact:
        component = self.component(task)
        if "dag" in component:
            (source,) = component["dag"]["outputs"]["artifacts"][name]["artifactSelectors"]
            return self.inner(task)._output(source["producerSubtask"], source["outputArtifactKey"])
        uri = f"{self.task_root(task)}/{name}"
        number = int(hashlib.sha256(uri.encode()).hexdigest()[:3], 16)
        return Artifact(number=number, name=name, uri=uri)

    def task_root(self, task: str) -> str:
        """Where a task's outputs go."""
        salt = uuid.UUID(bytes=hashlib.md5("/".join((*self.path, task)).encode()).digest())
        return f"{PIPELINE_ROOT.format(pipeline=self.name)}/{task}/{salt}"

    def parameters_of(self, task: str) -> dict[str, Any]:
        """The values of a task's parameters."""
        sources = self.tasks[task].get("inputs", {}).get("parameters", {})
        return {name: self.parameter(source) for name, source in sources.items()}

    def artifacts_of(self, task: str) -> dict[str, Artifact]:
        """A task's input artifacts."""
        sources = self.tasks[task].get("inputs", {}).get("artifacts", {})
        return {name: self._artifact(source) for name, source in sources.items()}

    def items(self, task: str) -> list[Any]:
        """What a loop runs its body for, by which no loop of ours is known in a run only."""
        items: list[Any] = json.loads(self.tasks[task]["parameterIterator"]["items"]["raw"])
        return items

    def iteration(self, task: str, index: int) -> tuple[Pipeline, str]:
        """This pipeline with a task for an iteration of a loop in it, and the task's name.

        dag.go and resolve.go: an iteration has the loop's inputs, and the item.

        Args:
            task: that is the loop.
            index: of the item.
        """
        loop = self.tasks[task]
        inputs = loop.get("inputs", {})
        item = {"runtimeValue": {"constant": self.items(task)[index]}}
        parameters = inputs.get("parameters", {}) | {loop["parameterIterator"]["itemInput"]: item}
        one = loop | {"inputs": inputs | {"parameters": parameters}}
        name = f"{task}-{index}"
        return replace(self, dag={"dag": {"tasks": {**self.tasks, name: one}}}), name

    def inner(self, task: str) -> Pipeline:
        """The sub-pipeline that a task runs."""
        return Pipeline(
            name=self.name,
            components=self.components,
            dag=self.component(task),
            path=(*self.path, task),
            parameters=self.parameters_of(task),
            artifacts=self.artifacts_of(task),
            known=self.known,
        )

    def order(self) -> Iterator[str]:
        """The names of the tasks, each after those that it waits for."""
        done: set[str] = set()
        while len(done) < len(self.tasks):
            for name in sorted(self.tasks.keys() - done):
                if set(self.tasks[name].get("dependentTasks", ())) <= done:
                    done.add(name)
                    yield name


def whole_run(spec: Mapping[str, Any], known: Mapping[str, Any]) -> Pipeline:
    """A run with the defaults of the pipeline's inputs.

    Args:
        spec: a PipelineSpec.
        known: values of parameters that tasks put out, by the parameter's name.
    """
    inputs = spec["root"].get("inputDefinitions", {}).get("parameters", {})
    return Pipeline(
        name=spec["pipelineInfo"]["name"],
        components=spec["components"],
        dag=spec["root"],
        parameters={name: one.get("defaultValue", UNKNOWN) for name, one in inputs.items()},
        known=known,
    )
