"""Where on a cluster tasks run: the fields of a run's `placement`, with defaults and meanings.
`pipelines.placement` puts them to use.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from components import placement_values as values
from pass_ops.engine.stage import one_line_errors
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of `placement`.

    Attributes:
        name: its key.
        default: as a user would write it.
        about: what it says, in a sentence.
        read: makes its value of what a user wrote, or raises ValueError.
    """

    name: str
    default: Any
    about: str
    read: Callable[[Any], Any]


GPU_TOLERATIONS = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def _gpu_class(*, name: str, stages: str, cpu: str, memory: str) -> tuple[Field, ...]:
    kind = Field(
        name=f"{name}_gpu_type",
        default="nvidia.com/gpu",
        about=f"Resource name of the GPUs of {stages}.",
        read=values.resource_name,
    )
    count = Field(
        name=f"{name}_gpus",
        default="1",
        about=f"GPUs of each of {stages}; 0 runs them on CPUs.",
        read=values.count,
    )
    rest = _class(name=name, stages=stages, cpu=cpu, memory=memory, tolerations=GPU_TOLERATIONS)
    return (kind, count, *rest)


def _class(
    *, name: str, stages: str, cpu: str, memory: str, tolerations: list[dict[str, str]]
) -> tuple[Field, ...]:
    return (
        Field(
            name=f"{name}_cpu",
            default=cpu,
            about=f"CPUs of each of {stages}, as request and as limit.",
            read=values.cpus,
        ),
        Field(
            name=f"{name}_memory",
            default=memory,
            about=f"Memory of each of {stages}, as request and as limit.",
            read=values.memory,
        ),
        Field(
            name=f"{name}_nodes",
            default={},
            about=f"Labels that a node must have for {stages}.",
            read=values.labels,
        ),
        Field(
            name=f"{name}_tolerations",
            default=tolerations,
            about=f"Taints of nodes that {stages} tolerate.",
            read=values.tolerations,
        ),
    )


def _volume(name: str, default: str, about: str) -> Field:
    return Field(name=name, default=default, about=about, read=values.volume_name)


FIELDS: tuple[Field, ...] = (
    *_gpu_class(name="train", stages="the trainings", cpu="8", memory="48Gi"),
    Field(
        name="train_pods",
        default="1",
        about="Pods that share each training, each with these GPUs, CPUs and memory.",
        read=values.pods,
    ),
    *_gpu_class(name="infer", stages="the stages that only run a network", cpu="8", memory="32Gi"),
    *_class(
        name="post", stages="the stages without a network", cpu="4", memory="16Gi", tolerations=[]
    ),
    _volume("data_claim", "pass-data", "PersistentVolumeClaim that keeps the shards of data sets."),
    _volume(
        "kernel_claim",
        "pass-kernels",
        "PersistentVolumeClaim that keeps Jittor's kernels; not the same claim.",
    ),
)
DEFAULTS: dict[str, Any] = {field.name: field.default for field in FIELDS}
FOLLOWER = {"train_gpus": "0", "train_cpu": "1", "train_memory": "4Gi"}
"""Resources of a task whose training is that of other pods."""
# KFP makes a volume of each, by its name.
_VOLUMES = ("data_claim", "kernel_claim")


def _outputs() -> Any:
    """A named tuple whose fields are known only when this runs, which no type can say."""
    return NamedTuple("ResolvedPlacement", [(field.name, type(field.default)) for field in FIELDS])


ResolvedPlacement = _outputs()
"""The value of each field."""


def complete_placement(placement: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of a placement: what a user wrote, as Kubernetes takes it, and defaults.

    Raises:
        ConfigError: unknown fields and impossible values, all of them in one line.
    """
    problems = [_unknown(name) for name in placement if name not in DEFAULTS]
    complete: dict[str, Any] = {}
    for field in FIELDS:
        value = placement.get(field.name, field.default)
        try:
            complete[field.name] = field.read(value)
        except ValueError as error:
            problems.append(f"{field.name} = {value!r} is not {error}")
    names = [complete.get(name) for name in _VOLUMES]
    if not problems and len(set(names)) < len(names):
        problems.append(f"{', '.join(_VOLUMES)} must have different names")
    if problems:
        raise ConfigError(f"placement: {'; '.join(problems)}")
    return complete


def _unknown(name: str) -> str:
    near = get_close_matches(name, DEFAULTS, n=1)
    known = f"meant is {near[0]}?" if near else f"known are {', '.join(DEFAULTS)}"
    return f"no field {name} ({known})"


def ranks_of(placement: Mapping[str, Any]) -> int:
    """How many processes share a training.

    Args:
        placement: all fields.
    """
    return int(placement["train_pods"]) * max(1, int(placement["train_gpus"]))


def resolved_fields(placement: Mapping[str, Any]) -> dict[str, Any]:
    """What tasks are placed by. Where several pods share a training, the task's own starts and
    follows these (`components.train_job`), and has no GPU itself.

    Raises:
        ConfigError: see `complete_placement`.
    """
    complete = complete_placement(placement)
    if complete["train_pods"] != "1":
        complete |= FOLLOWER | {"train_pods": json.dumps(_pods(complete))}
    return complete


def resolve_placement(placement: Mapping[str, Any]) -> Any:
    """What tasks are placed by, as `ResolvedPlacement`.

    Raises:
        SystemExit: after one line on standard error, when a field is wrong.
    """
    with one_line_errors():
        return ResolvedPlacement(**resolved_fields(placement))


def _pods(placement: Mapping[str, Any]) -> dict[str, Any]:
    """What `components.train_job.Pods` is made of.

    Args:
        placement: all fields.
    """
    limits = {"cpu": placement["train_cpu"], "memory": placement["train_memory"]}
    if placement["train_gpus"] != "0":
        limits[placement["train_gpu_type"]] = placement["train_gpus"]
    pods = int(placement["train_pods"])
    return {"pods": pods, "ranks": ranks_of(placement), "limits": limits}
