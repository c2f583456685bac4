"""What we ask of Kubeflow Trainer, for pods of tasks as KFP makes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.preparation.resolve_placement import resolve_placement
from components.train_job_objects import Pods, train_job
from components.train_job_runtime import training_runtime
from tests.cluster.golden.cases import GOLDEN, PLACEMENTS

SCHEMA = Path(__file__).with_name("schema-trainer-2.3.0.json")
NAME, UID = "pass-training-1-pretrain-2", "0e8d3f0a-1111-4222-8333-444455556666"
ACCOUNT = "kube-api-access-x2x4z"
ACCOUNT_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def own_pod(placement: str) -> dict[str, Any]:
    """A training's own pod as the Kubernetes API shows it.

    Args:
        placement: name of a case of the golden pods.
    """
    (made,) = [
        one
        for one in json.loads(GOLDEN.read_text())["pods"]
        if (one["placement"], one["kind"], "plugin" in one) == (placement, "train", False)
    ]
    # Only one of the goldens has been merged with KFP's own template; it is alike for all.
    spec = made.get("merged", made["podSpecPatch"]) | {
        key: one for key, one in made["podSpecPatch"].items() if key != "containers"
    }
    spec = json.loads(json.dumps(spec))
    # Kubernetes adds the account's.
    spec["volumes"].append({"name": ACCOUNT, "projected": {"sources": []}})
    (main,) = spec["containers"]
    main["volumeMounts"].append({"name": ACCOUNT, "mountPath": ACCOUNT_MOUNT, "readOnly": True})
    spec["containers"] = [{"name": "wait", "image": "argoexec"}, main]
    return {"metadata": {"name": NAME, "uid": UID}, "spec": spec}


def pods_of(placement: Mapping[str, Any]) -> Pods:
    """The pods that a placement asks for."""
    resolved = resolve_placement.python_func(placement={"train_pods": 2, **placement})
    return Pods(**json.loads(resolved.train_pods))


def cases() -> Iterator[dict[str, Any]]:
    """The objects of a training under each placement."""
    for name, placement in PLACEMENTS.items():
        own = own_pod(name)
        yield training_runtime("pretrain-0e8d3f0a", own)
        yield train_job(
            name="pretrain-0e8d3f0a",
            own=own,
            pods=pods_of(placement),
            command=["python3", "-m", "pass_ops.commands.rank"],
        )
