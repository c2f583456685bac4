"""The TrainingRuntime of a TrainJob: what the pods are like that share a training.

It is made with the job: a TrainJob itself can name the image of the pod with mpirun alone
(pkg/runtime/framework/plugins/jobset/builder.go, Trainer), and all pods must have the same one.
They are made like the task's own pod: its image, user, volumes, nodes and tolerations are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.train_job_objects import KEY, KEYS, LAUNCHER, NODE, SSH_PORT, head, main_container
from pass_ops.engine.mounted import ENDPOINTS, MOUNTED, S3

LABEL = "pass-ops/training-pod"
"""Network policies select by it."""
_CACHES = "/var/cache/pass-ops/"
_MOUNTS = (f"{MOUNTED}/{ENDPOINTS}", f"{MOUNTED}/{S3}", "/tmp")
# What mpirun starts over ssh gets the variables of the container: sshd reads them from this file.
_SSHD = f"""mkdir -p /tmp/.ssh && env > /tmp/.ssh/environment && exec /usr/sbin/sshd -D -e \
-f /dev/null -p {SSH_PORT} -h {KEY} -o AuthorizedKeysFile={KEYS}/authorized_keys \
-o PermitUserEnvironment=yes -o StrictModes=no -o PidFile=none -o LogLevel=ERROR"""


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
        **head("TrainingRuntime", name, own),
        "spec": {"mlPolicy": {"numNodes": 1, "mpi": mpi}, "template": {"spec": spec}},
    }


def _job(
    own: Mapping[str, Any], container: Mapping[str, Any], labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A job of the runtime, with one pod until the Trainer says how many.

    Args:
        own: the task's own pod.
        container: what its container has besides.
        labels: of the job.
    """
    main, spec = main_container(own), own["spec"]
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
