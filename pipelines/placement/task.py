"""One task's place on a cluster: resources, nodes, volumes, environment, retries, time limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kfp import kubernetes
from kfp.dsl.structures import ResourceSpec

# Where the images look for shards, kernels and certificates, and the user that they are made for.
DATA_CACHE, KERNEL_CACHE, CERTIFICATES = (
    "/var/cache/pass-ops/data",
    "/var/cache/pass-ops/jittor",
    "/etc/pass-ops/ca",
)
USER, GROUP = 10001, 0
HOUR = 3600
# KFP takes these as constants only. A time limit is for each attempt, which begins the stage anew.
TIME_LIMIT = {"train": 14 * 24 * HOUR, "infer": 2 * 24 * HOUR, "post": 12 * HOUR}
# Loader processes hand batches over in shared memory, of which a container has 64 MB by default.
# Counts as memory.
SHARED_MEMORY = {"train": "16Gi", "infer": "8Gi", "post": "1Gi"}
# Writable space on the node's disk: artifacts, temporary files.
SCRATCH = {"train": "50Gi", "infer": "50Gi", "post": "50Gi"}
# KFP cannot tell a lost node from wrong input, which fails in a stage of the class post: that one
# should not take long.
RETRIES = {"train": 3, "infer": 3, "post": 1}
BACKOFF = {"backoff_duration": "60s", "backoff_factor": 2.0, "backoff_max_duration": "1800s"}
ENDPOINTS = ("S3_ENDPOINT", "S3_REGION", "MLFLOW_TRACKING_URI", "AWS_CA_BUNDLE")


def place_task(task: Any, stage_class: str, values: Mapping[str, Any]) -> None:
    """Place `task` as its class of stage needs it.

    Args:
        stage_class: train, infer or post.
        values: the pipeline's parameters (channels) named in `placement.INPUTS`.
    """
    _resources(task, stage_class, values)
    kubernetes.add_node_selector_json(task, values[f"{stage_class}_nodes"])
    kubernetes.add_toleration_json(task, values[f"{stage_class}_tolerations"])
    _environment(task, values)
    _volumes(task, stage_class, values)
    kubernetes.set_security_context(
        task, run_as_user=USER, run_as_group=GROUP, run_as_non_root=True
    )
    kubernetes.set_image_pull_secrets(task, [values["registry_secret"]])
    # Network policies, and a cluster's own rules on priority, select by it.
    kubernetes.add_pod_label(task, "pass-ops/stage-class", stage_class)
    kubernetes.set_timeout(task, TIME_LIMIT[stage_class])
    task.set_retry(RETRIES[stage_class], **BACKOFF)


def _resources(task: Any, stage_class: str, values: Mapping[str, Any]) -> None:
    """Request and limit alike, so that a node sets aside what the task may use.

    Written into the specification: the task's own setters look through the whole call stack, a
    tenth of a second each.
    """
    cpu, memory = str(values[f"{stage_class}_cpu"]), str(values[f"{stage_class}_memory"])
    gpus: dict[str, str] = {}
    if stage_class != "post":
        kind, count = values[f"{stage_class}_gpu_type"], values[f"{stage_class}_gpus"]
        gpus = {"accelerator_type": str(kind), "accelerator_count": str(count)}
    task.container_spec.resources = ResourceSpec(
        cpu_request=cpu, cpu_limit=cpu, memory_request=memory, memory_limit=memory, **gpus
    )


def _environment(task: Any, values: Mapping[str, Any]) -> None:
    """Addresses from a ConfigMap, credentials from Secrets; no value of either is in the pipeline
    or among its inputs.
    """
    kubernetes.use_config_map_as_env(
        task, values["endpoints"], {name: name for name in ENDPOINTS}, optional=True
    )
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    kubernetes.use_secret_as_env(task, values["s3_secret"], {key: key for key in keys})
    keys = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    kubernetes.use_secret_as_env(
        task, values["mlflow_secret"], {key: key for key in keys}, optional=True
    )


def _volumes(task: Any, stage_class: str, values: Mapping[str, Any]) -> None:
    kubernetes.mount_pvc(task, values["data_claim"], DATA_CACHE)
    if stage_class != "post":
        kubernetes.mount_pvc(task, values["kernel_claim"], KERNEL_CACHE)
    kubernetes.empty_dir_mount(
        task, "shared-memory", "/dev/shm", medium="Memory", size_limit=SHARED_MEMORY[stage_class]
    )
    kubernetes.empty_dir_mount(task, "scratch", "/tmp", size_limit=SCRATCH[stage_class])
    kubernetes.use_config_map_as_volume(task, values["ca_config"], CERTIFICATES, optional=True)
