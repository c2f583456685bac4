"""A compiled pipeline, as KFP's server reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pipelines.packages.go_json import Json, go_json


class Package:
    """A compiled pipeline.

    Args:
        spec: a PipelineSpec.
        platform: a PlatformSpec.

    Attributes:
        components: their specifications, by name.
        dags: specifications of the pipeline, which is `root`, and of its sub-pipelines.
    """

    def __init__(self, spec: Mapping[str, Any], platform: Mapping[str, Any]) -> None:
        self.components: Mapping[str, Json] = spec["components"]
        self.dags = {"root": spec["root"]} | {
            name: component for name, component in self.components.items() if "dag" in component
        }
        self._executors: Mapping[str, Json] = spec["deploymentSpec"]["executors"]
        kubernetes = platform.get("platforms", {}).get("kubernetes", {})
        self._settings: Mapping[str, Json] = kubernetes.get("deploymentSpec", {}).get(
            "executors", {}
        )

    def is_container(self, component: str) -> bool:
        """Whether a component is a container, and no sub-pipeline."""
        return "executorLabel" in self.components[component]

    def has_settings(self, component: str) -> bool:
        """Whether there are settings for Kubernetes of a component."""
        return self.components[component].get("executorLabel") in self._settings

    def component_text(self, name: str) -> str:
        """The specification of a component or of the root, as a driver is given it."""
        return go_json(self.dags.get(name) or self.components[name])

    def container(self, component: str) -> Json:
        """The container of a component."""
        executor: Json = self._executors[self.components[component]["executorLabel"]]
        container: Json = executor["container"]
        return container

    def settings(self, component: str) -> Json:
        """The settings for Kubernetes of a component."""
        return self._settings.get(self.components[component]["executorLabel"], {})

    def executor_prefix(self, component: str, task: Json) -> str:
        """How the names of the templates that run a task begin.

        Args:
            component: name of the task's component.
            task: its specification.
        """
        labels = len(self._labels(component))
        retried = "retry-" if "retryPolicy" in task else ""
        return (f"metadata-0-{labels}-" if labels else "") + retried

    def executor_arguments(self, component: str, task: Json) -> dict[str, str]:
        """What the template that runs a task is given beside the patch of its pod.

        Args:
            component, task: see `executor_prefix`.
        """
        labels = [
            pair
            for label in self._labels(component).items()
            for pair in zip(
                ("pod-metadata-label-key", "pod-metadata-label-val"), label, strict=True
            )
        ]
        return dict(labels) | _retries(task.get("retryPolicy"))

    def _labels(self, component: str) -> dict[str, str]:
        labels: dict[str, str] = self.settings(component).get("podMetadata", {}).get("labels", {})
        return labels

    def key(self, component: str) -> str:
        """What a component's arguments are named by."""
        if component in self.dags:
            return component
        return hashlib.sha256(go_json(self.container(component)).encode()).hexdigest()


def _retries(policy: Json | None) -> dict[str, str]:
    if not policy:
        return {}
    return {
        "retry-max-count": str(policy["maxRetryCount"]),
        "retry-backoff-duration": policy["backoffDuration"].rstrip("s"),
        "retry-backoff-factor": f"{policy['backoffFactor']:g}",
        "retry-backoff-max-duration": policy["backoffMaxDuration"].rstrip("s"),
    }
