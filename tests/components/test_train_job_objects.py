"""What Kubeflow Trainer is asked for, under each placement, strictly by its own schema (2.3.0)."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import jsonschema
import pytest

from components.train_job_runtime import LABEL
from tests.cluster.golden.rules import problems
from tests.components.trainer.cases import ACCOUNT_MOUNT, SCHEMA, cases

SCHEMAS: dict[str, Any] = json.loads(SCHEMA.read_text())
BODIES = list(cases())
RUNTIMES = [one for one in BODIES if one["kind"] == "TrainingRuntime"]
JOBS = [one for one in BODIES if one["kind"] == "TrainJob"]
BOTH = [RUNTIMES[0], JOBS[0]]


def templates(runtime: dict[str, Any]) -> list[dict[str, Any]]:
    """The pods of a runtime's two jobs."""
    jobs = runtime["spec"]["template"]["spec"]["replicatedJobs"]
    assert [job["name"] for job in jobs] == ["node", "launcher"]
    return [job["template"]["spec"]["template"] for job in jobs]


def test_the_trainer_takes_them() -> None:
    for body in BODIES:
        jsonschema.validate(body, SCHEMAS[body["kind"]])
        # Its rules beyond the schema, which stand beside it in the same definition.
        assert re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", body["metadata"]["name"])


@pytest.mark.parametrize("body", BOTH, ids=lambda body: str(body["kind"]))
def test_a_field_that_the_trainer_does_not_know_is_noticed(body: dict[str, Any]) -> None:
    changed = copy.deepcopy(body)
    changed["spec"]["trianer"] = {}
    with pytest.raises(jsonschema.ValidationError, match="trianer"):
        jsonschema.validate(changed, SCHEMAS[body["kind"]])


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_kubernetes_takes_their_pods(runtime: dict[str, Any]) -> None:
    import kubernetes_validate as validate

    for template in templates(runtime):
        head = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "node"}}
        validate.validate(head | {"spec": template["spec"]}, "1.30", strict=True)
        assert list(problems(template["spec"])) == []


def test_pods_get_no_more_than_they_need() -> None:
    for runtime in RUNTIMES:
        for template in templates(runtime):
            assert template["metadata"]["labels"][LABEL] == "true"
            spec = template["spec"]
            assert spec["automountServiceAccountToken"] is False
            (container,) = spec["containers"]
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            mounts = {one["mountPath"] for one in container["volumeMounts"]}
            assert {"/etc/pass-ops/s3", "/etc/pass-ops/endpoints", "/tmp", "/dev/shm"} <= mounts
            # Neither MLflow's login nor Kubernetes' is theirs.
            assert not mounts & {"/etc/pass-ops/mlflow", ACCOUNT_MOUNT}


def test_every_pod_has_its_ranks_and_their_threads() -> None:
    for body in JOBS:
        trainer = body["spec"]["trainer"]
        (count,) = re.findall(r"-np (\d+) ", " ".join(trainer["command"]))
        assert int(count) == trainer["numNodes"] * trainer["numProcPerNode"]
        variables = {one["name"]: one["value"] for one in trainer["env"]}
        limits = trainer["resourcesPerNode"]["limits"]
        threads = int(variables["OMP_NUM_THREADS"]) * trainer["numProcPerNode"]
        assert threads <= int(limits["cpu"])
        gpus = [value for name, value in limits.items() if "/" in name]
        assert gpus in ([], [str(trainer["numProcPerNode"])])
        # The Trainer sets these itself, and refuses them (pkg/constants, MPIReservedEnvNames).
        reserved = ("orte_default_hostfile", "plm_rsh_args", "orte_keep_fqdn_hostnames")
        assert not variables.keys() & {f"OMPI_MCA_{name}" for name in reserved}
