"""What is asked of Kubeflow Trainer (2.3.0) for a training that several pods share: a TrainJob, and
the TrainingRuntime that it names.

The runtime is made with the job: a TrainJob itself can name the image of the pod with mpirun alone
(pkg/runtime/framework/plugins/jobset/builder.go, Trainer), and all pods must have the same one.
They are made like the task's own pod: its image, user, volumes, nodes and tolerations are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from pass_ops.engine.mounted import ENDPOINTS, MOUNTED, S3
from pass_ops.engine.ranks.launch import ENVIRONMENT

GROUP, VERSION = "trainer.kubeflow.org", "v1alpha1"
# Names by which the Trainer knows its jobs and the container that it starts (pkg/constants).
LAUNCHER, NODE = "launcher", "node"
SSH_PORT = 2222
KEYS = f"{MOUNTED}/ssh"
LABEL = "pass-ops/training-pod"
"""Network policies select by it."""
_CACHES = "/var/cache/pass-ops/"
_MOUNTS = (f"{MOUNTED}/{ENDPOINTS}", f"{MOUNTED}/{S3}", "/tmp")
# The key is the same for all pods, and theirs alone. It belongs to root, so that neither program
# minds that the group may read it.
_KEY = f"{KEYS}/id_rsa"
_SSH = (
    f"ssh -F /dev/null -i {_KEY} -p {SSH_PORT} -o StrictHostKeyChecking=no "
    "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
)
# What mpirun starts over ssh gets the variables of the container: sshd reads them from this file.
_SSHD = f"""mkdir -p /tmp/.ssh && env > /tmp/.ssh/environment && exec /usr/sbin/sshd -D -e \
-f /dev/null -p {SSH_PORT} -h {_KEY} -o AuthorizedKeysFile={KEYS}/authorized_keys \
-o PermitUserEnvironment=yes -o StrictModes=no -o PidFile=none -o LogLevel=ERROR"""


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


def training_runtime(name: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """The TrainingRuntime of a job.

    Args:
        name: of the job.
        own: the task's own pod.
    """
    sshd = {
        "command": ["/bin/sh", "-c", _SSHD],
        "readinessProbe": {"tcpSocket": {"port": SSH_PORT}, "initialDelaySeconds": 2},
    }
    jobs = [
        {"name": NODE, **_job(own, sshd)},
        # mpirun needs the others.
        {
            "name": LAUNCHER,
            "dependsOn": [{"name": NODE, "status": "Ready"}],
            **_job(own, {}, {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}),
        },
    ]
    mpi = {"mpiImplementation": "OpenMPI", "runLauncherAsNode": True, "sshAuthMountPath": KEYS}
    spec = {
        # Hosts are found by name before they are ready.
        "network": {"publishNotReadyAddresses": True},
        "successPolicy": {"operator": "All", "targetReplicatedJobs": [LAUNCHER]},
        "replicatedJobs": jobs,
    }
    return {
        **_head("TrainingRuntime", name, own),
        "spec": {"mlPolicy": {"numNodes": 1, "mpi": mpi}, "template": {"spec": spec}},
    }


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
        **_head("TrainJob", name, own),
        "spec": {
            "runtimeRef": {"apiGroup": GROUP, "kind": "TrainingRuntime", "name": name},
            "trainer": {
                "image": _main(own)["image"],
                "command": [*mpirun, *command],
                "env": [{"name": key, "value": value} for key, value in variables.items()],
                "numNodes": pods.pods,
                "numProcPerNode": pods.ranks // pods.pods,
                "resourcesPerNode": {"limits": dict(pods.limits)},
            },
        },
    }


def _head(kind: str, name: str, own: Mapping[str, Any]) -> dict[str, Any]:
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


def _main(own: Mapping[str, Any]) -> Mapping[str, Any]:
    """The container in which this program runs, as Argo calls it.

    Args:
        own: the task's own pod.
    """
    found: Mapping[str, Any] = next(
        one for one in own["spec"]["containers"] if one["name"] == "main"
    )
    return found


def _job(
    own: Mapping[str, Any], container: Mapping[str, Any], labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A job of the runtime, with one pod until the Trainer says how many.

    Args:
        own: the task's own pod.
        container: what its container has besides.
        labels: of the job.
    """
    main, spec = _main(own), own["spec"]
    mounts = [
        one
        for one in main["volumeMounts"]
        if one["mountPath"] in _MOUNTS or one["mountPath"].startswith(_CACHES)
    ]
    names = {one["name"] for one in mounts}
    # NCCL's, of which a container has 64 MiB otherwise.
    shared = {"name": "shared-memory", "emptyDir": {"medium": "Memory"}}
    mounts.append({"name": shared["name"], "mountPath": "/dev/shm"})
    pod = {
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "containers": [
            {
                "name": NODE,
                "image": main["image"],
                "securityContext": main["securityContext"],
                "volumeMounts": mounts,
                **container,
            }
        ],
        "volumes": [*(one for one in spec["volumes"] if one["name"] in names), shared],
        **{
            key: spec[key]
            for key in ("imagePullSecrets", "nodeSelector", "tolerations")
            if spec.get(key)
        },
    }
    # A proxy of Istio would keep the job from ever ending, and know nothing of MPI.
    marks = {LABEL: "true", "sidecar.istio.io/inject": "false"}
    template = {"metadata": {"labels": marks}, "spec": pod}
    # Another attempt is up to KFP.
    job: dict[str, Any] = {"spec": {"backoffLimit": 0, "template": template}}
    if labels:
        job["metadata"] = {"labels": dict(labels)}
    return {"replicas": 1, "template": job}
