"""Making a compiled pipeline smaller without changing what it does.

A cluster keeps it as an Argo workflow of at most 1 MiB (see `workflow_size`), so that what KFP's
compiler writes twice counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.run import COMMAND, MODULES
from pipelines.packages.documents import rewrite_package
from pipelines.packages.merging import merge_equal, tasks_of

# KFP's compiler (2.17.0, kfp/compiler/pipeline_spec_builder.py, build_task_spec_for_task) writes
# each resource that is a channel among the task's inputs, too. No component declares these inputs,
# and the driver does not look at them: it takes resources from the container
# (backend/src/v2/driver/driver.go, getPodResource).
_UNREAD_INPUTS = (
    *("cpu_limit", "cpu_request", "memory_limit", "memory_request"),
    *("accelerator_type", "accelerator_count"),
)
_CHANNEL = re.compile(r"pipelinechannel--(?:[\w-]*-)?(?:train|infer|post)_(\w+)")


def shrink_package(package: Path) -> None:
    """Rewrite a compiled pipeline: equal components become one; what no run reads, and the source
    of components that the images hold, goes.
    """
    rewrite_package(package, _shrink)


def _shrink(spec: dict[str, Any], kubernetes: dict[str, Any]) -> None:
    _drop_unread_inputs(spec)
    _drop_descriptions(spec)
    _drop_versions(spec)
    _drop_sources(spec)
    _shorten_channels(spec)
    _drop_repetitions(kubernetes)
    _drop_old_resources(spec)
    merge_equal(spec, kubernetes)
    _drop_input_definitions(spec)


def _drop_unread_inputs(spec: Mapping[str, Any]) -> None:
    for task in tasks_of(spec):
        component = spec["components"][task["componentRef"]["name"]]
        declared = component.get("inputDefinitions", {}).get("parameters", {})
        sources = task.get("inputs", {}).get("parameters", {})
        for name in _UNREAD_INPUTS:
            if name not in declared:
                sources.pop(name, None)


def _drop_descriptions(spec: Mapping[str, Any]) -> None:
    """Drop those of components' inputs and outputs.

    KFP's UI (2.17.0, frontend/src/lib/v2) does not show them, and every pod is handed its own.
    """
    for component in spec["components"].values():
        for side in ("inputDefinitions", "outputDefinitions"):
            for definitions in component.get(side, {}).values():
                for definition in definitions.values():
                    definition.pop("description", None)


def _drop_input_definitions(spec: Mapping[str, Any]) -> None:
    """Drop those of containers, which each pod's state keeps eight times.

    The driver (2.17.0, backend/src/v2/driver/resolve.go) takes the inputs that the task names, and
    looks here for defaults, literals and types to turn into text, of which ours have none; the
    launcher (backend/src/v2/component/launcher_v2.go, addDefaultParams) for defaults, which the
    functions in the images have. The UI lists them where a pipeline is looked at, and what a task
    was given in a run from elsewhere.
    """
    for component in spec["components"].values():
        if "executorLabel" in component:
            component.pop("inputDefinitions", None)


def _drop_versions(spec: Mapping[str, Any]) -> None:
    """Drop those of the types of components' artifacts: the driver, the launcher, the UI and the
    SDK in a task go by titles (2.17.0; `schemaVersion` stands nowhere in backend/src/v2).
    """
    for component in spec["components"].values():
        for side in ("inputDefinitions", "outputDefinitions"):
            for artifact in component.get(side, {}).get("artifacts", {}).values():
                artifact["artifactType"].pop("schemaVersion", None)


def _shorten_channels(spec: Mapping[str, Any]) -> None:
    """Name what a container's resources are taken from as the placement's field is named, without
    its class: KFP's SDK calls `cpu` `pipelinechannel--train_cpu`, or
    `pipelinechannel--resolve-placement-train_cpu`.
    """
    for task in tasks_of(spec):
        sources = task.get("inputs", {}).get("parameters", {})
        for name in [name for name in sources if _CHANNEL.fullmatch(name)]:
            sources[_CHANNEL.sub(r"\1", name)] = sources.pop(name)
    for executor in spec["deploymentSpec"]["executors"].values():
        container = executor["container"]
        text = _CHANNEL.sub(r"\1", json.dumps(container.get("resources", {})))
        container["resources"] = json.loads(text)


def _drop_sources(spec: Mapping[str, Any]) -> None:
    """Start components by their names, where KFP's compiler writes their source and a shell script
    that saves it. Args stay: `--executor_input`, `--function_to_execute`.
    """
    for executor in spec["deploymentSpec"]["executors"].values():
        container = executor["container"]
        if container["args"][-1] in MODULES:
            container["command"] = [*COMMAND]


def _drop_old_resources(spec: Mapping[str, Any]) -> None:
    """Drop what KFP's SDK (2.17.0, kfp/compiler/pipeline_spec_builder.py) writes of resources for
    older drivers, where they are no channels (backend/src/v2/driver/driver.go, initPodSpecPatch).
    """
    for executor in spec["deploymentSpec"]["executors"].values():
        resources = executor["container"].get("resources", {})
        for table in (resources, resources.get("accelerator", {})):
            for old in ("cpuLimit", "memoryLimit", "count", "type"):
                table.pop(old, None)


def _drop_repetitions(kubernetes: Mapping[str, Any]) -> None:
    """Drop what KFP's SDK (2.17.0, kfp/kubernetes) says twice, for older drivers, and a false that
    is the default.

    backend/src/v2/driver/k8s.go: makeVolumeMountPatch looks at a claim's parameter first;
    extendPodSpecPatch takes the name of anything else as it stands where there is no parameter.

    Args:
        kubernetes: settings for Kubernetes by executor.
    """
    for settings in kubernetes.values():
        for mount in settings.get("pvcMount", ()):
            for old in ("componentInputParameter", "taskOutputParameter", "constant"):
                mount.pop(old, None)
        for kind in ("imagePullSecret", "secretAsVolume", "configMapAsVolume"):
            for one in settings.get(kind, ()):
                for name in ("secretName", "configMapName"):
                    if name in one:
                        one.pop(f"{name}Parameter", None)
                if one.get("optional") is False:
                    del one["optional"]
