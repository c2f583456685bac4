"""Where settings for Kubernetes take their values from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_NAMES = {"componentInputParameter", "componentInputArtifact", "taskOutputParameter"}


def unknown_sources(spec: Mapping[str, Any], kubernetes: Mapping[str, Any]) -> list[str]:
    """Inputs and tasks that an executor's settings name, and that a pipeline which runs it lacks.

    KFP's SDK (2.17.0) writes such: of a component that a pipeline uses itself and through a
    sub-pipeline, it gives the one task the other's settings. Its driver fails there, in a run.

    Args:
        spec: a PipelineSpec.
        kubernetes: settings for Kubernetes by executor.
    """
    components = spec["components"]
    unknown: set[str] = set()
    for pipeline in (spec["root"], *components.values()):
        inputs = pipeline.get("inputDefinitions", {}).get("parameters", {})
        tasks = pipeline.get("dag", {}).get("tasks", {})
        for name, task in tasks.items():
            executor = components[task["componentRef"]["name"]].get("executorLabel")
            for source in sources_of(kubernetes.get(executor, {})):
                parameter = source.get("componentInputParameter")
                producer = source.get("taskOutputParameter", {}).get("producerTask")
                if (parameter and parameter not in inputs) or (producer and producer not in tasks):
                    unknown.add(f"{name}: {parameter or producer}")
    return sorted(unknown)


def sources_of(value: Any) -> Iterator[dict[str, Any]]:
    """All tables within `value` that name an input or a task."""
    if isinstance(value, dict):
        if value.keys() & _NAMES:
            yield value
        for inner in value.values():
            yield from sources_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from sources_of(inner)
