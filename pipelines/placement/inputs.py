"""Where on a cluster each task runs, and with what: inputs of the pipeline that a decorator adds,
one set for each class of stage (`train`, `infer`, `post`; see `components/base.py`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from kfp.dsl import pipeline_context

from components.base import STAGE_CLASSES
from pipelines.placement.task import place_task


@dataclass(frozen=True)
class Input:
    """A parameter of the pipeline; `about` is what the KFP UI shows beside it."""

    name: str
    default: Any
    about: str


GPU_TOLERATIONS = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def _gpu_class(*, name: str, stages: str, cpu: str, memory: str) -> tuple[Input, ...]:
    return (
        Input(f"{name}_gpu_type", "nvidia.com/gpu", f"Resource name of the GPUs of {stages}."),
        Input(f"{name}_gpus", "1", f"GPUs of each of {stages}, as text; 0 runs them on CPUs."),
        *_class(name=name, stages=stages, cpu=cpu, memory=memory, tolerations=GPU_TOLERATIONS),
    )


def _class(
    *, name: str, stages: str, cpu: str, memory: str, tolerations: list[dict[str, str]]
) -> tuple[Input, ...]:
    return (
        Input(f"{name}_cpu", cpu, f"CPUs of each of {stages}, as request and as limit."),
        Input(f"{name}_memory", memory, f"Memory of each of {stages}, as request and as limit."),
        Input(f"{name}_nodes", {}, f"Labels that a node must have for {stages}, as a JSON object."),
        Input(
            f"{name}_tolerations",
            tolerations,
            f"Taints of nodes that {stages} tolerate, as a JSON list.",
        ),
    )


INPUTS: tuple[Input, ...] = (
    *_gpu_class(name="train", stages="the trainings", cpu="8", memory="48Gi"),
    *_gpu_class(name="infer", stages="the stages that only run a network", cpu="8", memory="32Gi"),
    *_class(
        name="post", stages="the stages without a network", cpu="4", memory="16Gi", tolerations=[]
    ),
    Input(
        "endpoints",
        "pass-endpoints",
        "ConfigMap with S3_ENDPOINT, S3_REGION, MLFLOW_TRACKING_URI, AWS_CA_BUNDLE.",
    ),
    Input("s3_secret", "pass-s3", "Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    Input(
        "mlflow_secret",
        "mlflow-runs",
        "Secret with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, if any.",
    ),
    Input(
        "ca_config",
        "pass-ca",
        "ConfigMap with ca.crt, the certificates to trust, if any are needed.",
    ),
    Input(
        "registry_secret",
        "pass-registry",
        "Image pull secret; ignored where there is none of that name.",
    ),
    Input("data_claim", "pass-data", "PersistentVolumeClaim that keeps the shards of data sets."),
    Input(
        "kernel_claim",
        "pass-kernels",
        "PersistentVolumeClaim that keeps Jittor's kernels; not the same claim.",
    ),
)
NAMES = tuple(given.name for given in INPUTS)


def placed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function of a sub-pipeline all of `INPUTS` as parameters, and place each task that
    it makes by them.

    `function` takes `**placement` beside its own parameters, and hands it on to the sub-pipelines
    that it calls. Stands below `dsl.pipeline`.
    """
    return _placed(function, {})


def placed_root(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `placed`, for a pipeline that is run by itself: the parameters have defaults."""
    return _placed(function, {given.name: given.default for given in INPUTS})


def _placed(function: Callable[..., Any], defaults: Mapping[str, Any]) -> Callable[..., Any]:
    signature = inspect.signature(function)
    own = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.kind is not Parameter.VAR_KEYWORD
    ]
    added = [
        Parameter(
            given.name,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=defaults.get(given.name, Parameter.empty),
            annotation=type(given.default),
        )
        for given in INPUTS
    ]
    # Those without a default come first, as in any signature.
    parameters = sorted(
        [*own, *added], key=lambda parameter: parameter.default is not Parameter.empty
    )

    def pipeline(*channels: Any) -> Any:
        values = {
            parameter.name: channel for parameter, channel in zip(parameters, channels, strict=True)
        }
        outputs = function(**values)
        _place_tasks({name: values[name] for name in NAMES})
        return outputs

    about = "\n".join(f"    {given.name}: {given.about}" for given in INPUTS)
    pipeline.__name__ = function.__name__
    pipeline.__doc__ = f"{inspect.getdoc(function)}\n{about}\n"
    pipeline.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # What KFP goes by.
    return pipeline


def _place_tasks(values: Mapping[str, Any]) -> None:
    """Place the tasks of the pipeline that is being compiled; those of its sub-pipelines are placed
    already.
    """
    for task in pipeline_context.Pipeline.get_default_pipeline().tasks.values():
        if task.container_spec is not None:
            place_task(task, STAGE_CLASSES[task.component_spec.name], values)
