"""What every pod in manifests/ must be.

It keeps to the restricted Pod Security Standard, with limits, pinned images and a read-only root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

WORKLOADS = ("CronJob", "DaemonSet", "Deployment", "Job", "StatefulSet")
_PINNED = re.compile(r"[\w./:-]+@sha256:[0-9a-f]{64}")
_RESOURCES = ("cpu", "memory", "ephemeral-storage")


def pod_of(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pod template's spec of a workload; None for what makes no pods."""
    if document["kind"] not in WORKLOADS:
        return None
    spec = (
        document["spec"]["jobTemplate"]["spec"]
        if document["kind"] == "CronJob"
        else document["spec"]
    )
    pod: Mapping[str, Any] = spec["template"]["spec"]
    return pod


def violations(pod: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a pod's spec, one line each."""
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
        yield "may run as root"
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "has no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "gets a token of the Kubernetes API"
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            yield f"has {name}"
    for volume in pod.get("volumes", ()):
        if "hostPath" in volume:
            yield f"mounts {volume['hostPath']['path']} of the node"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"volume {volume['name']} has no size limit"
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        for problem in _container_violations(container):
            yield f"container {container['name']} {problem}"


def _container_violations(container: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a container's spec, one line each."""
    context = container.get("securityContext", {})
    if context.get("privileged"):
        yield "is privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "may write to its image"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield "keeps capabilities"
    if context.get("runAsUser") == 0:
        yield "runs as root"
    if not _PINNED.fullmatch(container["image"]):
        yield f"has an image without a digest: {container['image']}"
    for side in ("requests", "limits"):
        for resource in _RESOURCES:
            if resource not in container.get("resources", {}).get(side, {}):
                yield f"has no {resource} among its {side}"
