"""What overlays choose: volumes for several nodes, pull secrets, servers that are there already."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.installations import INSTALLATIONS, Documents, Installation, names, of_kind
from tests.manifests.conftest import MANIFESTS, render
from tests.manifests.policy import pod_of, violations

PAGE = MANIFESTS.parent / "docs/placement.md"
CACHES = ("pass-data", "pass-kernels")


def claims(documents: Documents) -> dict[str, Any]:
    """The specification of each claim of the caches, by name."""
    return {
        item["metadata"]["name"]: item["spec"]
        for item in of_kind(documents, "PersistentVolumeClaim")
        if item["metadata"]["name"] in CACHES
    }


@pytest.mark.parametrize("installation", INSTALLATIONS, ids=lambda one: str(one.overlay))
def test_caches_of_several_nodes_are_written_by_many(
    installation: Installation, tree: Path
) -> None:
    found = claims(installation.render(tree))
    assert set(found) == set(CACHES)
    if installation.overlay == "dev":
        assert all(one["accessModes"] == ["ReadWriteOnce"] for one in found.values())
        return
    for claim in found.values():
        assert claim["accessModes"] == ["ReadWriteMany"]
        assert claim["storageClassName"] == "shared-files"
    # ImageNet-S919 is 130 GB: a gigabyte is less than a Gi.
    assert int(found["pass-data"]["resources"]["requests"]["storage"].removesuffix("Gi")) > 130


def test_images_of_ours_have_a_pull_secret(rendered: Documents) -> None:
    pods = [pod for pod in map(pod_of, rendered) if pod is not None]
    ours = [pod for pod in pods if "/pass-ops/" in pod["containers"][0]["image"]]
    assert ours
    for pod in ours:
        assert pod["imagePullSecrets"] == [{"name": "pass-registry"}]


@pytest.mark.parametrize("installation", INSTALLATIONS, ids=lambda one: str(one.overlay))
def test_runs_know_how_long_their_artifacts_are_kept(
    installation: Installation, tree: Path
) -> None:
    documents = installation.render(tree)
    days = config(documents, "pass-endpoints")["ARTIFACT_DAYS"]
    if installation.overlay == "existing":
        assert days == ""
        return
    text = config(documents, "minio-setup")["lifecycle-artifacts.json"]
    rule, checkpoints = json.loads(text)["Rules"]
    assert days == str(rule["Expiration"]["Days"])
    assert f"removes artifacts after {days} days" in PAGE.read_text()
    root = config(documents, "kfp-launcher")["defaultPipelineRoot"]
    assert f"{root}/".endswith(f"/{rule['Filter']['Prefix']}")
    place = config(documents, "pass-endpoints")["PASS_CHECKPOINTS"]
    assert f"{place}/" == f"s3://pass-artifacts/{checkpoints['Filter']['Prefix']}"


@pytest.fixture
def prod(tree: Path, tmp_path: Path) -> Path:
    """The overlay prod in a copy that a test may change."""
    shutil.copytree(tree, tmp_path / "manifests")
    return tmp_path / "manifests/overlays/prod"


def change(overlay: Path, *changes: tuple[str, str]) -> Documents:
    """Render an overlay after changes to its kustomization.yaml, each of a text that is there."""
    path = overlay / "kustomization.yaml"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return render(overlay)


def servers(documents: Documents) -> set[str]:
    """The servers that run in the cluster."""
    kinds = ("Deployment", "StatefulSet")
    return {item["metadata"]["name"] for kind in kinds for item in of_kind(documents, kind)}


def config(documents: Documents, name: str) -> dict[str, str]:
    """The content of a ConfigMap."""
    (found,) = [
        item["data"] for item in of_kind(documents, "ConfigMap") if item["metadata"]["name"] == name
    ]
    return dict(found)


def test_another_s3_takes_the_place_of_ours(prod: Path) -> None:
    documents = change(
        prod,
        ("../../components/minio", "../../components/other-s3"),
        ("  - {name: minio-root, namespace: pass-ops, envs: [secrets/minio-root.env]}\n", ""),
        ("  - {name: pass-s3-user, namespace: pass-ops, envs: [secrets/pass-s3.env]}\n", ""),
    )
    assert servers(documents) == {"mlflow", "postgres"}
    for name in ("pass-s3", "pass-endpoints"):
        assert config(documents, name)["S3_ENDPOINT"] == "https://s3.example.com"
    assert "endpoint: s3.example.com" in config(documents, "kfp-launcher")["providers"]
    policies = {
        item["metadata"]["name"]: item["spec"] for item in of_kind(documents, "NetworkPolicy")
    }
    assert {"port": 443, "protocol": "TCP"} in policies["mlflow"]["egress"][0]["ports"]
    assert policies["mlflow"]["ingress"]
    assert not [name for name in policies if name.startswith("minio")]
    assert not [name for _, name in names(documents, "Secret") if name.startswith("minio")]


def test_another_postgres_takes_the_place_of_ours(prod: Path) -> None:
    documents = change(
        prod,
        ("../../components/postgres", "../../components/other-postgres"),
        ("  - {name: postgres, namespace: pass-ops, envs: [secrets/postgres.env]}\n", ""),
    )
    assert servers(documents) == {"mlflow", "minio"}
    (mlflow,) = of_kind(documents, "Deployment")
    assert mlflow["spec"]["replicas"] == 2
    assert list(violations(mlflow["spec"]["template"]["spec"])) == []
    (budget,) = [
        item["spec"]
        for item in of_kind(documents, "PodDisruptionBudget")
        if item["metadata"]["name"] == "mlflow"
    ]
    assert budget["minAvailable"] == 1
    assert ("pass-ops", "mlflow-to-postgres") in names(documents, "NetworkPolicy")


def test_servers_that_are_there_serve_several_users_too(prod: Path) -> None:
    documents = change(
        prod.with_name("existing"), ("../../runs/single-user", "../../runs/several-users")
    )
    assert servers(documents) == set()
    endpoints = config(documents, "pass-endpoints")
    assert endpoints["S3_ENDPOINT"] == "https://s3.example.com"
    assert endpoints["MLFLOW_TRACKING_URI"] == "https://mlflow.example.com"
    assert set(claims(documents)) == set(CACHES)
    spaces = {item["metadata"].get("namespace") for item in documents} - {None}
    assert spaces == {"pass-runs"}
    (quota,) = of_kind(documents, "ResourceQuota")
    assert quota["spec"]["hard"]["requests.nvidia.com/gpu"] == "8"


def test_another_mlflow_takes_the_place_of_ours(prod: Path) -> None:
    text = (prod / "kustomization.yaml").read_text()
    database = text[text.index("  - name: mlflow-database") : text.index("  # Where the pods")]
    documents = change(
        prod,
        ("  - ../../mlflow\n", ""),
        ("../../components/postgres", "../../components/other-mlflow"),
        ("  - {name: postgres, namespace: pass-ops, envs: [secrets/postgres.env]}\n", ""),
        ("  - {name: mlflow-admin, namespace: pass-ops, envs: [secrets/mlflow-admin.env]}\n", ""),
        ("  - {name: mlflow-runs, namespace: pass-ops, envs: [secrets/mlflow-runs.env]}\n", ""),
        (database, ""),
    )
    assert servers(documents) == {"minio"}
    endpoints = config(documents, "pass-endpoints")
    assert endpoints["MLFLOW_TRACKING_URI"] == "https://mlflow.example.com"
    assert ("kubeflow", "kfp-mlflow-credentials") in names(documents, "Secret")
    assert ("pass-ops", "mlflow-from-runs") not in names(documents, "NetworkPolicy")
