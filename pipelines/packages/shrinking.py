"""Making a compiled pipeline smaller without changing what it does.

A cluster keeps it as an Argo workflow of at most 1 MiB (see `workflow_size`), so that what KFP's
compiler writes twice counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

# KFP's compiler (2.17.0, kfp/compiler/pipeline_spec_builder.py, build_task_spec_for_task) writes
# each resource that is a channel among the task's inputs, too. No component declares these inputs,
# and the driver does not look at them: it takes resources from the container
# (backend/src/v2/driver/driver.go, getPodResource).
_UNREAD_INPUTS = (
    *("cpu_limit", "cpu_request", "memory_limit", "memory_request"),
    *("accelerator_type", "accelerator_count"),
)


def shrink_package(package: Path) -> None:
    """Rewrite a compiled pipeline: equal components become one; inputs and descriptions that nobody
    reads go.
    """
    text = package.read_text()
    # LibYAML: Python's own reader and writer would take ten seconds.
    spec, *others = yaml.load_all(text, yaml.CSafeLoader)
    platforms = others[0]["platforms"]["kubernetes"]["deploymentSpec"] if others else {}
    kubernetes: dict[str, Any] = platforms.get("executors", {})
    _drop_unread_inputs(spec)
    _drop_descriptions(spec)
    while equal := _equal_components(spec, kubernetes):
        _merge(spec, kubernetes, equal)
    # What KFP's compiler says of the pipeline, by which `compile` knows its own files, too.
    head = "".join(takewhile(lambda line: line.startswith("#"), text.splitlines(keepends=True)))
    package.write_text(
        head + yaml.dump_all([spec, *others], Dumper=yaml.CSafeDumper, sort_keys=False)
    )


def _tasks(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All tasks of all sub-pipelines."""
    for component in (spec["root"], *spec["components"].values()):
        yield from component.get("dag", {}).get("tasks", {}).values()


def _drop_unread_inputs(spec: Mapping[str, Any]) -> None:
    for task in _tasks(spec):
        component = spec["components"][task["componentRef"]["name"]]
        declared = component.get("inputDefinitions", {}).get("parameters", {})
        given = task.get("inputs", {}).get("parameters", {})
        for name in _UNREAD_INPUTS:
            if name not in declared:
                given.pop(name, None)


def _drop_descriptions(spec: Mapping[str, Any]) -> None:
    """Drop those of components' inputs and outputs.

    KFP's UI (2.17.0, frontend/src/lib/v2) does not show them, and every pod is handed its own.
    """
    for component in spec["components"].values():
        for side in ("inputDefinitions", "outputDefinitions"):
            for definitions in component.get(side, {}).values():
                for definition in definitions.values():
                    definition.pop("description", None)


def _equal_components(spec: Mapping[str, Any], kubernetes: Mapping[str, Any]) -> dict[str, str]:
    """Components that do what another does: name to the other's name.

    KFP's compiler (2.17.0) makes a component for each task, with its container and settings.

    Args:
        spec: a PipelineSpec.
        kubernetes: settings for Kubernetes by executor.
    """
    first: dict[str, str] = {}
    equal: dict[str, str] = {}
    # The name without a number comes first.
    for name in sorted(spec["components"], key=lambda name: (len(name), name)):
        component = dict(spec["components"][name])
        executor = component.pop("executorLabel", "")
        container = spec["deploymentSpec"]["executors"].get(executor)
        content = json.dumps([component, container, kubernetes.get(executor)], sort_keys=True)
        other = first.setdefault(content, name)
        if other != name:
            equal[name] = other
    return equal


def _merge(spec: Mapping[str, Any], kubernetes: dict[str, Any], equal: Mapping[str, str]) -> None:
    """Refer to the other component instead, and drop those that nothing refers to any more.

    Args:
        spec: a PipelineSpec.
        kubernetes: settings for Kubernetes by executor.
        equal: see `_equal_components`.
    """
    for task in _tasks(spec):
        reference = task["componentRef"]
        reference["name"] = equal.get(reference["name"], reference["name"])
    for name in equal:
        executor = spec["components"].pop(name).get("executorLabel")
        spec["deploymentSpec"]["executors"].pop(executor, None)
        kubernetes.pop(executor, None)
