"""Loops of a compiled pipeline, whose bodies are sub-pipelines as KFP's SDK (2.17.0) makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.planning.limits import hours_allowed
from pipelines.packages.documents import rewrite_package
from pipelines.packages.sources import sources_of

_CHANNEL = "pipelinechannel--"
_INPUTS = {"parameters": "componentInputParameter", "artifacts": "componentInputArtifact"}


def unwrap_loops(package: Path) -> None:
    """Rewrite a compiled pipeline that has loops: each repeats a container itself, without a
    sub-pipeline around it, and with the time limit of a share.

    KFP's compiler (backend/src/v2/compiler/argocompiler/dag.go, iteratorTask and task) and its
    driver (backend/src/v2/driver/resolve.go, container.go) take either. An iteration has a pod less
    so, and four of twelve nodes less in Argo. And the settings of pods name what they are taken
    from as the pipeline does, in which the loop is: the SDK gives a task in a loop the settings of
    one that is in none, where other sub-pipelines use the same component
    (kfp/compiler/pipeline_spec_builder.py, _merge_deployment_spec), and the driver would fail.
    """
    if "parameterIterator:" in package.read_text():
        rewrite_package(package, _unwrap)


def _unwrap(spec: dict[str, Any], kubernetes: Mapping[str, Any]) -> None:
    """See `unwrap_loops`.

    Args:
        spec: a PipelineSpec.
        kubernetes: settings for Kubernetes by executor.
    """
    for source in sources_of(list(kubernetes.values())):
        for field, name in source.items():
            if isinstance(name, str):
                source[field] = name.removeprefix(_CHANNEL)
    for tasks, name in loops_of(spec):
        loop = tasks.pop(name)
        body = spec["components"].pop(loop["componentRef"]["name"])
        (task,) = body["dag"]["tasks"].values()
        executor = spec["components"][task["componentRef"]["name"]]["executorLabel"]
        iterator = loop["parameterIterator"]
        # The SDK makes a component for each task, so that this is of the shares alone; where it
        # comes to be the same as the stage's own, they are one again (`merging`).
        stage = spec["deploymentSpec"]["executors"][executor]["container"]["args"][-1]
        hours = hours_allowed(stage, len(json.loads(iterator["items"]["raw"])))
        kubernetes[executor]["activeDeadlineSeconds"] = str(hours * 3600)
        # What pods are placed by is no input of the task, but of the pipeline that it is in.
        placed_by = {
            source[_INPUTS["parameters"]]: source for source in sources_of(kubernetes[executor])
        }
        inputs = {"parameters": placed_by, "artifacts": {}}
        for kind, field in _INPUTS.items():
            outside = loop.get("inputs", {}).get(kind, {})
            for key, source in task.get("inputs", {}).get(kind, {}).items():
                if source.get(field) == iterator["itemInput"]:
                    iterator["itemInput"] = key
                else:
                    inputs[kind][key] = outside[source[field]] if field in source else source
        loop["inputs"] = inputs
        for field in ("cachingOptions", "componentRef", "retryPolicy"):
            loop[field] = task[field]
        shards = f"{task['taskInfo']['name']}-shards"
        tasks[shards] = loop | {"taskInfo": {"name": shards}}
        for other in tasks.values():
            needed = other.get("dependentTasks", [])
            needed[:] = [shards if one == name else one for one in needed]


def loops_of(spec: Mapping[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """All loops: the tasks of the pipeline that each is in, by name, and its own name there.

    Args:
        spec: a PipelineSpec.
    """
    return [
        (tasks, name)
        for component in (spec["root"], *spec["components"].values())
        for tasks in (component.get("dag", {}).get("tasks", {}),)
        for name, task in tasks.items()
        if "parameterIterator" in task
    ]
