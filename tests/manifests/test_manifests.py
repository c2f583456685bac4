"""The manifests: valid to the schema, safe by policy, consistent among themselves."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pass_ops.export.registration import model_name
from pass_ops.tracking.aliases import CHAMPION
from tests.cluster.installations import Documents, names, of_kind
from tests.manifests.conftest import MANIFESTS, render, tool
from tests.manifests.policy import pod_of, violations


def workloads(documents: Documents) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """The documents that make pods, each with its pod's spec."""
    for document in documents:
        pod = pod_of(document)
        if pod is not None:
            yield document, pod


def test_every_document_is_valid_to_the_schema(rendered: Documents) -> None:
    import kubernetes_validate as validate

    for document in rendered:
        validate.validate(document, "1.30", strict=True)


def test_no_pod_breaks_the_policy(rendered: Documents) -> None:
    pods = list(workloads(rendered))
    assert pods
    assert {document["metadata"]["name"]: list(violations(pod)) for document, pod in pods} == {
        document["metadata"]["name"]: [] for document, _ in pods
    }


def test_what_pods_refer_to_is_there(rendered: Documents) -> None:
    existing = {
        kind: names(rendered, kind)
        for kind in ("ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount")
    }
    keys = {
        (item["metadata"]["namespace"], item["metadata"]["name"]): set(item["data"])
        for kind in ("ConfigMap", "Secret")
        for item in of_kind(rendered, kind)
    }
    for document, pod in workloads(rendered):
        space = document["metadata"]["namespace"]
        if "serviceAccountName" in pod:
            assert (space, pod["serviceAccountName"]) in existing["ServiceAccount"]
        for volume in pod["volumes"]:
            if "secret" in volume:
                assert (space, volume["secret"]["secretName"]) in existing["Secret"]
            if "configMap" in volume:
                assert (space, volume["configMap"]["name"]) in existing["ConfigMap"]
            if "persistentVolumeClaim" in volume:
                assert (space, volume["persistentVolumeClaim"]["claimName"]) in existing[
                    "PersistentVolumeClaim"
                ]
        for container in pod["containers"]:
            for source in container.get("envFrom", ()):
                assert (space, source["secretRef"]["name"]) in existing["Secret"]
            for variable in container.get("env", ()):
                for reference in variable.get("valueFrom", {}).values():
                    assert reference["key"] in keys[space, reference["name"]], (
                        document["metadata"]["name"],
                        variable,
                    )


def test_namespaces_of_ours_are_closed_and_bounded(rendered: Documents) -> None:
    labels = {
        item["metadata"]["name"]: item["metadata"]["labels"]
        for item in of_kind(rendered, "Namespace")
    }
    # That of runs is not ours to make: KFP's own, or a profile's.
    assert labels.keys() <= {"pass-ops"}
    for one in labels.values():
        assert one["pod-security.kubernetes.io/enforce"] == "restricted"
    spaces = {space for space, _ in names(rendered, "ResourceQuota")}
    # KFP's own namespace keeps the limits that it has, or has not.
    assert spaces == labels.keys() | ({"pass-runs"} & spaces)
    assert {space for space, _ in names(rendered, "LimitRange")} == spaces
    default_deny = [
        item
        for item in of_kind(rendered, "NetworkPolicy")
        if item["metadata"]["name"] == "default-deny"
    ]
    assert {item["metadata"]["namespace"] for item in default_deny} == spaces
    for policy in default_deny:
        assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_services_stay_inside_the_cluster(rendered: Documents) -> None:
    for service in of_kind(rendered, "Service"):
        (port,) = service["spec"]["ports"]
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"
        # Policies go by the pod's port; ours are the same.
        containers = [
            container
            for document, pod in workloads(rendered)
            if document["metadata"]["name"] == service["metadata"]["name"]
            for container in pod["containers"]
        ]
        assert {one["containerPort"] for container in containers for one in container["ports"]} == {
            port["port"]
        }


def test_selectors_find_pods(rendered: Documents) -> None:
    labels = [
        document["spec"]["template"]["metadata"]["labels"] for document, _ in workloads(rendered)
    ]
    for service in of_kind(rendered, "Service"):
        selector = service["spec"]["selector"]
        assert any(selector.items() <= item.items() for item in labels), service["metadata"]
    for budget in of_kind(rendered, "PodDisruptionBudget"):
        if budget["metadata"]["namespace"] == "pass-ops":
            selector = budget["spec"]["selector"]["matchLabels"]
            assert any(selector.items() <= item.items() for item in labels), budget["metadata"]


def test_rights_are_the_least(rendered: Documents) -> None:
    assert of_kind(rendered, "ClusterRole") == of_kind(rendered, "ClusterRoleBinding") == []
    roles = of_kind(rendered, "Role")
    for role in roles:
        for rule in role["rules"]:
            assert "*" not in (*rule["apiGroups"], *rule["resources"], *rule["verbs"])
            if {"secrets", "configmaps"} & set(rule["resources"]):
                assert rule["resourceNames"]
                assert rule["verbs"] == ["get"]
    bindings = of_kind(rendered, "RoleBinding")
    assert sorted(item["roleRef"]["name"] for item in bindings) == sorted(
        item["metadata"]["name"] for item in roles
    )
    for binding in bindings:
        (subject,) = binding["subjects"]
        # Kubeflow makes default-editor in every profile, KFP pipeline-runner for one user.
        known = names(rendered, "ServiceAccount") | {
            ("pass-runs", "default-editor"),
            ("kubeflow", "pipeline-runner"),
        }
        assert (subject["namespace"], subject["name"]) in known


def test_runs_may_read_data_and_write_their_prefixes_alone() -> None:
    policy = json.loads((MANIFESTS / "components/minio/policy-runs.json").read_text())
    written = [rule["Resource"] for rule in policy["Statement"] if "s3:PutObject" in rule["Action"]]
    checkpoints = ["arn:aws:s3:::pass-artifacts/checkpoints/*"]
    assert written == [["arn:aws:s3:::pass-artifacts/v2/*"], checkpoints]
    assert all("*" not in action for rule in policy["Statement"] for action in rule["Action"])
    removed = [
        rule["Resource"] for rule in policy["Statement"] if "s3:DeleteObject" in rule["Action"]
    ]
    assert removed == [checkpoints]


def test_artifacts_go_where_runs_may_write(rendered: Documents) -> None:
    (launcher,) = [
        item
        for item in of_kind(rendered, "ConfigMap")
        if item["metadata"]["name"] == "kfp-launcher"
    ]
    assert launcher["data"]["defaultPipelineRoot"] == "s3://pass-artifacts/v2"
    (store,) = yaml.safe_load(launcher["data"]["providers"]).values()
    (endpoints,) = [
        item["data"]
        for item in of_kind(rendered, "ConfigMap")
        if item["metadata"]["name"] == "pass-endpoints"
    ]
    scheme = "http" if store["default"]["disableSSL"] else "https"
    assert endpoints["S3_ENDPOINT"] == f"{scheme}://{store['default']['endpoint']}"
    assert endpoints["S3_REGION"] == store["default"]["region"]
    assert store["default"]["credentials"]["secretRef"]["secretName"] == "pass-s3"


def test_the_job_that_warms_kernels_is_valid_and_safe(tree: Path) -> None:
    import kubernetes_validate as validate

    (job,) = render(tree / "warm")
    validate.validate(job, "1.30", strict=True)
    pod = pod_of(job)
    assert pod is not None
    assert list(violations(pod)) == []
    assert pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"


def test_the_inference_service_is_safe_and_serves_a_registered_model(tree: Path) -> None:
    service, policy = sorted(render(tree / "serving"), key=lambda one: str(one["kind"]))
    assert (service["apiVersion"], service["kind"]) == (
        "serving.kserve.io/v1beta1",
        "InferenceService",
    )
    predictor = service["spec"]["predictor"]
    assert list(violations(predictor)) == []
    (container,) = predictor["containers"]
    arguments = [*container["command"], *container["args"]]
    address = arguments[arguments.index("--model-uri") + 1]
    assert address == f"models:/{model_name('s3://sets/imagenet-s50')}@{CHAMPION}"
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= predictor["labels"].items()
    (port,) = container["ports"]
    assert port["containerPort"] == policy["spec"]["ingress"][0]["ports"][0]["port"]
    assert str(port["containerPort"]) in arguments


def test_yaml_is_tidy() -> None:
    result = subprocess.run(
        [tool("yamllint"), "--strict", "manifests"],
        cwd=MANIFESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
