"""What the fields of `placement` may be: each function returns the value as Kubernetes takes it, or
raises ValueError with what it should be.
"""

from __future__ import annotations

import re
from typing import Any

_DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_LABEL_NAME = r"([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _text(value: Any) -> str:
    """A value as text; numbers come from KFP as floats."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def count(value: Any) -> str:
    """A number of GPUs."""
    if not re.fullmatch(r"0|[1-9]\d{0,3}", text := _text(value)):
        raise ValueError("a number of GPUs: 0, 1, 2 and so on")
    return text


def pods(value: Any) -> str:
    """A number of pods."""
    if not re.fullmatch(r"[1-9]\d{0,3}", text := _text(value)):
        raise ValueError("a number of pods: 1, 2 and so on")
    return text


def cpus(value: Any) -> str:
    """A number of CPUs."""
    if not re.fullmatch(r"\d+(\.\d+)?|\d+m", text := _text(value)) or not re.search("[1-9]", text):
        raise ValueError("a number of CPUs, such as 8, 0.5 or 500m")
    return text


def memory(value: Any) -> str:
    """An amount of memory with its unit."""
    if not re.fullmatch(r"[1-9]\d*(\.\d+)?([KMGTP]i|[kMGTP])", text := _text(value)):
        raise ValueError("an amount of memory with its unit, such as 48Gi")
    return text


def resource_name(value: Any) -> str:
    """The name of an extended resource."""
    if not re.fullmatch(rf"({_DNS_LABEL}\.)+{_DNS_LABEL}/{_LABEL_NAME}", text := _text(value)):
        raise ValueError("a resource's name, such as nvidia.com/gpu or nvidia.com/mig-3g.40gb")
    return text


def labels(value: Any) -> dict[str, str]:
    """Labels of nodes."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError(
            'an object of labels with text as values, such as {"nvidia.com/gpu.product": "A100"}'
        )
    return value


def tolerations(value: Any) -> list[dict[str, Any]]:
    """Tolerations of taints."""
    if not isinstance(value, list) or not all(_is_toleration(one) for one in value):
        raise ValueError(
            'a list of tolerations, such as [{"key": "gpu", "operator": "Exists", "effect": '
            '"NoSchedule"}]; effects are ' + ", ".join(_EFFECTS)
        )
    return value


def _is_toleration(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kinds = {"key": str, "operator": str, "value": str, "effect": str, "tolerationSeconds": float}
    known = all(
        isinstance(one, int | float) if kinds.get(name) is float else isinstance(one, str)
        for name, one in value.items()
    )
    return (
        known
        and value.keys() <= kinds.keys()
        and value.get("operator", "Equal") in ("Equal", "Exists")
        and value.get("effect", _EFFECTS[0]) in _EFFECTS
    )


def volume_name(value: Any) -> str:
    """The name of an object that becomes a volume of the same name."""
    if not re.fullmatch(_DNS_LABEL, text := _text(value)):
        raise ValueError("a name of a volume in Kubernetes: at most 63 small letters, digits and -")
    return text
