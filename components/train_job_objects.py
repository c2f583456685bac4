"""What is asked of Kubeflow Trainer (2.3.0) for a training that several pods share: a TrainJob,
which names a TrainingRuntime of its own (`train_job_runtime`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from pass_ops.engine.mounted import MOUNTED
from pass_ops.engine.ranks.launch import ENVIRONMENT

GROUP, VERSION = "trainer.kubeflow.org", "v1alpha1"
# Names by which the Trainer knows its jobs and the container that it starts (pkg/constants).
LAUNCHER, NODE = "launcher", "node"
SSH_PORT = 2222
KEYS = f"{MOUNTED}/ssh"
# The key is the same for all pods, and theirs alone. It belongs to root, so that neither program
# minds that the group may read it.
KEY = f"{KEYS}/id_rsa"
_SSH = (
    f"ssh -F /dev/null -i {KEY} -p {SSH_PORT} -o StrictHostKeyChecking=no "
    "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
)


@dataclass(frozen=True, kw_only=True)
class Pods:
    """The pods that share a training.

    Attributes:
        pods: how many.
        ranks: processes of all of them together, a multiple of it.
        limits: resources of each.
    """

    pods: int
    ranks: int
    limits: Mapping[str, str]


def train_job(
    *, name: str, own: Mapping[str, Any], pods: Pods, command: Sequence[str]
) -> dict[str, Any]:
    """The TrainJob.

    Args:
        name: its name, and that of its runtime.
        own: the task's own pod.
        pods: to be made.
        command: of each rank.
    """
    threads = ceil(parse_quantity(pods.limits["cpu"])) * pods.pods // pods.ranks
    variables = {
        **ENVIRONMENT,
        "OMP_NUM_THREADS": str(max(1, threads)),
        "OMPI_MCA_plm_rsh_agent": _SSH,
        # Not /dev/shm, which NCCL fills.
        "OMPI_MCA_btl_vader_backing_directory": "/tmp",
    }
    mpirun = ("mpirun", "--quiet", "-np", str(pods.ranks), "--bind-to", "none")
    return {
        **head("TrainJob", name, own),
        "spec": {
            "runtimeRef": {"apiGroup": GROUP, "kind": "TrainingRuntime", "name": name},
            "trainer": {
                "image": main_container(own)["image"],
                "command": [*mpirun, *command],
                "env": [{"name": key, "value": value} for key, value in variables.items()],
                "numNodes": pods.pods,
                "numProcPerNode": pods.ranks // pods.pods,
                "resourcesPerNode": {"limits": dict(pods.limits)},
            },
        },
    }


def head(kind: str, name: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """What every object begins with; it goes when the task's pod goes.

    Args:
        kind: of the object.
        name: of the object.
        own: the task's own pod.
    """
    owner = {"name": own["metadata"]["name"], "uid": own["metadata"]["uid"]}
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": kind,
        "metadata": {
            "name": name,
            "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", **owner}],
        },
    }


def main_container(own: Mapping[str, Any]) -> Mapping[str, Any]:
    """The container in which this program runs, as Argo calls it.

    Args:
        own: the task's own pod.
    """
    container: Mapping[str, Any] = next(
        one for one in own["spec"]["containers"] if one["name"] == "main"
    )
    return container
