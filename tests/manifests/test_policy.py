"""The policy itself: a good pod passes, and every single fault is found."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.manifests.policy import violations

AMOUNTS = {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"}
GOOD: dict[str, Any] = {
    "automountServiceAccountToken": False,
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
    "containers": [
        {
            "name": "main",
            "image": "registry.example.com/a/b@sha256:" + "0" * 64,
            "resources": {"requests": AMOUNTS, "limits": AMOUNTS},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}
FAULTS = [
    (("securityContext", "runAsNonRoot"), False, "may run as root"),
    (("securityContext", "runAsUser"), 0, "may run as root"),
    (("securityContext", "seccompProfile"), None, "has no seccomp profile"),
    (("automountServiceAccountToken",), True, "gets a token of the Kubernetes API"),
    (("hostNetwork",), True, "has hostNetwork"),
    (("volumes", 0), {"name": "etc", "hostPath": {"path": "/etc"}}, "mounts /etc of the node"),
    (("volumes", 0, "emptyDir"), {}, "volume tmp has no size limit"),
    (
        ("containers", 0, "image"),
        "minio:latest",
        "container main has an image without a digest: minio:latest",
    ),
    (
        ("containers", 0, "resources", "limits"),
        {"cpu": "1", "memory": "1Gi"},
        "has no ephemeral-storage among its limits",
    ),
    (("containers", 0, "securityContext", "privileged"), True, "container main is privileged"),
    (
        ("containers", 0, "securityContext", "allowPrivilegeEscalation"),
        True,
        "container main may gain privileges",
    ),
    (
        ("containers", 0, "securityContext", "readOnlyRootFilesystem"),
        False,
        "container main may write to its image",
    ),
    (
        ("containers", 0, "securityContext", "capabilities"),
        {"drop": ["KILL"]},
        "container main keeps capabilities",
    ),
    (("containers", 0, "securityContext", "runAsUser"), 0, "container main runs as root"),
]


def test_a_good_pod_passes() -> None:
    assert list(violations(GOOD)) == []


@pytest.mark.parametrize(
    ("place", "value", "problem"), FAULTS, ids=[problem for _, _, problem in FAULTS]
)
def test_each_fault_is_found(place: tuple[str | int, ...], value: Any, problem: str) -> None:
    pod = copy.deepcopy(GOOD)
    target: Any = pod
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    (found,) = violations(pod)
    assert problem in found
