"""The cases of the golden pods, and the part of a package that decides how they look."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = Path(__file__).with_name("pods-kfp-2.17.0.json")
RETRIES = Path(__file__).with_name("retries-argo-4.0.5.json")


def _failures() -> list[dict[str, Any]]:
    """How pods end, and whether they are stages' or sub-pipelines'."""
    rows = yaml.safe_load(Path(__file__).with_name("failures.yaml").read_text())
    return [row | {"stage": not row["what"].startswith("a sub-pipeline")} for row in rows]


FAILURES = _failures()


def rules() -> dict[str, dict[str, Any]]:
    """The retryStrategy that KFP's installation gives every template, and that of our patch.

    The first is manifests/kustomize/third-party/argo/base/workflow-controller-configmap-patch.yaml
    of KFP 2.17.0.
    """
    patch = yaml.safe_load((ROOT / "manifests/kfp/retries.yaml").read_text())
    defaults = yaml.safe_load(patch["data"]["workflowDefaults"])["spec"]["templateDefaults"]
    return {
        "installed": {"limit": "2", "retryPolicy": "OnError"},
        "ours": defaults["retryStrategy"],
    }


def _params(name: str) -> dict[str, Any]:
    """The placement of a file of params/."""
    placement: dict[str, Any] = yaml.safe_load((ROOT / f"params/{name}.yaml").read_text())[
        "placement"
    ]
    return placement


PLACEMENTS: dict[str, dict[str, Any]] = {
    "default": {},
    "dev": _params("dev"),
    "prod": _params("prod"),
    "several-pods": {"train_pods": 4, "train_gpus": 8},
    "no-gpu": {"train_gpus": "0", "infer_gpus": 0, "train_tolerations": []},
    "other-names": {
        "train_gpu_type": "nvidia.com/mig-3g.40gb",
        "train_nodes": {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB"},
        "infer_nodes": {"pool": "gpu"},
        "post_nodes": {"pool": "cpu", "kubernetes.io/arch": "amd64"},
        "post_tolerations": [
            {"key": "batch", "operator": "Equal", "value": "pass", "effect": "NoSchedule"},
            {"key": "spot", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
        ],
        "post_cpu": "500m",
        "data_claim": "team-data",
        "kernel_claim": "team-kernels",
    },
}
# A task of each kind of pod: trainings, networks (the one that runs SAM), stages without one, and
# the task that reads the placement.
TASKS = {
    "train": "exec-pretrain",
    "infer": "exec-prompt-masks",
    "post": "exec-apply-crf",
    "first": "exec-resolve-placement",
}


def input_digest(spec: dict[str, Any], executors: dict[str, Any], executor: str) -> str:
    """SHA-256 of what a package says of how an executor's pod looks: not of its program, nor of
    its image's name.

    Args:
        spec: the package's first document.
        executors: settings for Kubernetes, by executor.
        executor: its label.
    """
    container = spec["deploymentSpec"]["executors"][executor]["container"]
    kept = {key: container[key] for key in ("env", "resources") if key in container}
    text = json.dumps([kept, executors[executor]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
