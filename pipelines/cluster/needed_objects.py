"""What the pods of a run refer to, as the compiled pipeline and the run's placement say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.train_job_objects import GROUP, VERSION

# Settings of an executor that name an object: its kind, and what KFP calls a constant name.
_SETTINGS = {
    "secretAsEnv": ("Secret", "secretName"),
    "secretAsVolume": ("Secret", "secretName"),
    "imagePullSecret": ("Secret", "secretName"),
    "configMapAsEnv": ("ConfigMap", "configMapName"),
    "configMapAsVolume": ("ConfigMap", "configMapName"),
    "pvcMount": ("PersistentVolumeClaim", "pvcName"),
}


@dataclass(frozen=True, order=True)
class NeededObject:
    """An object of Kubernetes, where the pods of a run start.

    Attributes:
        kind: as Kubernetes writes it.
        name: of the object.
        optional: whether pods start without it, too.
    """

    kind: str
    name: str
    optional: bool = False


TRAINER = NeededObject("API", f"{GROUP}/{VERSION}")
"""Of Kubeflow Trainer, for trainings in several pods; it belongs to no namespace."""


def needed_objects(
    platform: Mapping[str, Any], placement: Mapping[str, Any]
) -> tuple[NeededObject, ...]:
    """The objects that a run's pods refer to, each once, and the API that trainings may need.

    Args:
        platform: second document of the compiled pipeline, a PlatformSpec.
        placement: all fields of the run's placement.
    """
    executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    references = set(_references(executors.values(), placement))
    if placement.get("train_pods", "1") != "1":
        references.add(TRAINER)
    return tuple(sorted(references))


def _references(
    executors: Iterable[Mapping[str, Any]], placement: Mapping[str, Any]
) -> Iterator[NeededObject]:
    for settings in executors:
        for setting, (kind, key) in _SETTINGS.items():
            for one in settings.get(setting, ()):
                # Kubernetes passes over a pull secret that is not there.
                optional = bool(one.get("optional")) or setting == "imagePullSecret"
                source = one.get(f"{key}Parameter")
                name = _name(source, placement) if source else str(one[key])
                yield NeededObject(kind, name, optional)


def _name(parameter: Mapping[str, Any], placement: Mapping[str, Any]) -> str:
    """What a parameter's value is: a constant, or a field of the placement, under its name.

    Args:
        parameter: an InputParameterSpec.
        placement: all fields of the run's placement.
    """
    if "runtimeValue" in parameter:
        return str(parameter["runtimeValue"]["constant"])
    field = parameter.get("componentInputParameter")
    return str(placement[field or parameter["taskOutputParameter"]["outputParameterKey"]])
