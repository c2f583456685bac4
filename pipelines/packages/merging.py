"""Equal components of a compiled pipeline become one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def merge_equal(spec: Mapping[str, Any], kubernetes: dict[str, Any]) -> None:
    """Merge components, with container and settings, that are equal, until none are.

    Args:
        spec: a PipelineSpec.
        kubernetes: settings for Kubernetes by executor.
    """
    while equal := _equal_components(spec, kubernetes):
        _merge(spec, kubernetes, equal)


def tasks_of(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All tasks of all sub-pipelines."""
    for component in (spec["root"], *spec["components"].values()):
        yield from component.get("dag", {}).get("tasks", {}).values()


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
    for task in tasks_of(spec):
        reference = task["componentRef"]
        reference["name"] = equal.get(reference["name"], reference["name"])
    for name in equal:
        executor = spec["components"].pop(name).get("executorLabel")
        spec["deploymentSpec"]["executors"].pop(executor, None)
        kubernetes.pop(executor, None)
