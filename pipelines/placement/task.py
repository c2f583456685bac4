"""One task's place on a cluster: resources, nodes, volumes, environment, retries, time limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kfp import kubernetes
from kfp.dsl.pipeline_channel import PipelineChannel
from kfp.dsl.structures import ResourceSpec

from pass_ops.engine.mounted import ENDPOINTS, MLFLOW, MOUNTED, S3
from pass_ops.planning.limits import hours_allowed
from pass_ops.tracking.pipeline_run import KFP_RUN
from pipelines.placement.objects import (
    ENDPOINTS_CONFIG,
    MLFLOW_SECRET,
    REGISTRY_SECRET,
    S3_SECRET,
)

# Where the images look for shards and kernels, and the user that they are made for.
DATA_CACHE, KERNEL_CACHE = "/var/cache/pass-ops/data", "/var/cache/pass-ops/jittor"
USER, GROUP = 10001, 0
HOUR = 3600
# Writable space on the node's disk for temporary files. Artifacts lie in volumes of KFP's own.
SCRATCH = {"train": "50Gi", "infer": "50Gi", "post": "50Gi"}
# Which failures are tried again is the cluster's choice (manifests/kfp/retries.yaml); KFP 2.17 lets
# a pipeline say how often alone.
RETRIES = {"train": 3, "infer": 3, "post": 1}
# Not the longest wait, as its name says: Argo (4.0.5, workflow/controller/operator.go,
# processNodeRetries) counts it from the first attempt's start, waits for a node included, gives up
# after it, and kills an attempt that is still running. A year is longer than all attempts together.
# Without it KFP's SDK writes an hour.
BACKOFF = {"backoff_duration": "60s", "backoff_factor": 2.0, "backoff_max_duration": "31536000s"}
# The task that reads the placement cannot be placed by it.
FIRST_TASK = {"post_cpu": "1", "post_memory": "2Gi"}


def place_task(task: Any, stage_class: str, values: Mapping[str, Any]) -> None:
    """Place a task as its class of stage needs it.

    Args:
        task: of a pipeline that is being compiled.
        stage_class: train, infer or post.
        values: channels of the fields of `components.placement.FIELDS` by name, or what they are.
    """
    _resources(task, stage_class, values)
    if stage_class == "train":
        # No component declares it: `components.run` finds it in the executor's input. KFP's SDK
        # (2.17.0, kfp/compiler/pipeline_spec_builder.py) puts resources there in the same way.
        task.inputs["pods"] = values["train_pods"]
    kubernetes.add_node_selector_json(task, values[f"{stage_class}_nodes"])
    kubernetes.add_toleration_json(task, values[f"{stage_class}_tolerations"])
    _volumes(task, stage_class, values)
    # KFP's label on every pod of a run; see `tracking.pipeline_run` on why it is no input.
    kubernetes.use_field_path_as_env(task, KFP_RUN, "metadata.labels['pipeline/runid']")
    _common(task, stage_class)


def place_first_task(task: Any) -> None:
    """Place the task that reads the placement: on any node, without servers and volumes."""
    _resources(task, "post", FIRST_TASK)
    _scratch(task, "post")
    _common(task, "post")


def _common(task: Any, stage_class: str) -> None:
    """What no placement changes.

    Args:
        task: to be placed.
        stage_class: its class.
    """
    kubernetes.set_security_context(
        task, run_as_user=USER, run_as_group=GROUP, run_as_non_root=True
    )
    kubernetes.set_image_pull_secrets(task, [REGISTRY_SECRET])
    # Network policies, and a cluster's own rules on priority, select by it.
    kubernetes.add_pod_label(task, "pass-ops/stage-class", stage_class)
    # Of an attempt. KFP takes it as a constant only.
    stage = task.component_spec.name.replace("-", "_")
    kubernetes.set_timeout(task, hours_allowed(stage) * HOUR)
    task.set_retry(RETRIES[stage_class], **BACKOFF)


def _resources(task: Any, stage_class: str, values: Mapping[str, Any]) -> None:
    """Limits alone: Kubernetes takes them for requests, so that a node sets aside what the task may
    use.

    Written into the specification: the task's own setters look through the whole call stack, a
    tenth of a second each. Neither they nor this (kfp 2.17.0, kfp/dsl/pipeline_task.py) tell a loop
    around the task of the channels, hence the last line.
    """
    fields = {"cpu_limit": "cpu", "memory_limit": "memory"}
    if stage_class != "post":
        fields |= {"accelerator_type": "gpu_type", "accelerator_count": "gpus"}
    limits = {name: values[f"{stage_class}_{field}"] for name, field in fields.items()}
    texts = {name: str(value) for name, value in limits.items()}
    task.container_spec.resources = ResourceSpec(**texts)
    channels = [one for one in limits.values() if isinstance(one, PipelineChannel)]
    task.register_pipeline_channels(channels)


def _volumes(task: Any, stage_class: str, values: Mapping[str, Any]) -> None:
    kubernetes.mount_pvc(task, values["data_claim"], DATA_CACHE)
    if stage_class != "post":
        kubernetes.mount_pvc(task, values["kernel_claim"], KERNEL_CACHE)
    _scratch(task, stage_class)
    # Addresses and credentials as files: no value of either is in the pipeline or its inputs.
    kubernetes.use_config_map_as_volume(
        task, ENDPOINTS_CONFIG, f"{MOUNTED}/{ENDPOINTS}", optional=True
    )
    kubernetes.use_secret_as_volume(task, S3_SECRET, f"{MOUNTED}/{S3}")
    kubernetes.use_secret_as_volume(task, MLFLOW_SECRET, f"{MOUNTED}/{MLFLOW}", optional=True)


def _scratch(task: Any, stage_class: str) -> None:
    kubernetes.empty_dir_mount(task, "scratch", "/tmp", size_limit=SCRATCH[stage_class])
