"""Inputs of the pipelines that say where on a cluster tasks run: one set for each class of stage
(`train`, `infer`, `post`; see `pass_ops.stages.declaration`), and what all of them share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
NAMES = tuple(one.name for one in INPUTS)
