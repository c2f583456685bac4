"""What Kubernetes asks of a pod beyond the form of its fields: rules of its validation.go
(kubernetes/kubernetes, pkg/apis/core/validation), for what KFP's driver writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kubernetes.utils.quantity import parse_quantity

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Pod = Mapping[str, Any]


def problems(pod: Pod) -> Iterator[str]:
    """What is wrong with a pod's spec, one line each."""
    names = [volume["name"] for volume in pod.get("volumes", ())]
    yield from (f"volume {name} twice" for name in _repeated(names))
    yield from (f"volume {name} is no name" for name in names if not LABEL.fullmatch(name))
    for volume in pod.get("volumes", ()):
        if len(volume) != 2:
            yield f"volume {volume['name']} has {len(volume) - 1} sources"
    for container in pod["containers"]:
        yield from _environment(container.get("env", ()))
        yield from _resources(container.get("resources", {}))
        mounts = container.get("volumeMounts", ())
        for path in _repeated(mount["mountPath"] for mount in mounts):
            yield f"two volumes at {path}"
        for mount in mounts:
            if mount["name"] not in names:
                yield f"no volume {mount['name']}"
    for toleration in pod.get("tolerations", ()):
        yield from _toleration(toleration)


def _repeated(names: Any) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _environment(variables: Any) -> Iterator[str]:
    yield from (f"variable {name} twice" for name in _repeated(one["name"] for one in variables))
    for one in variables:
        if not VARIABLE.fullmatch(one["name"]):
            yield f"variable {one['name']} is no name"
        # An empty value is left out.
        if {"value", "valueFrom"} <= one.keys():
            yield f"variable {one['name']} has a value and a reference"
        if len(one.get("valueFrom", {"": ""})) != 1:
            yield f"variable {one['name']} has several references"


def _resources(resources: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    for name, text in {**requests, **limits}.items():
        quantity = parse_quantity(text)
        if quantity < 0:
            yield f"{name} is negative"
        if "/" in name and quantity != int(quantity):
            yield f"{name} is no whole number"
    for name, text in requests.items():
        if name in limits and parse_quantity(text) > parse_quantity(limits[name]):
            yield f"{name}: request over limit"
        if "/" in name and limits.get(name) != text:
            yield f"{name}: request unlike limit"


def _toleration(toleration: Mapping[str, Any]) -> Iterator[str]:
    operator = toleration.get("operator", "Equal")
    if operator == "Exists" and toleration.get("value"):
        yield "a toleration of any value has one"
    if operator != "Exists" and not toleration.get("key"):
        yield "a toleration without a key"
    if "tolerationSeconds" in toleration and toleration.get("effect") != "NoExecute":
        yield "a toleration with a time and no NoExecute"
