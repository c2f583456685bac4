"""What pods of a run need, looked for in a stand-in of Kubernetes before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from pass_ops.cli import app
from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.namespace_check import require_objects
from pipelines.cluster.needed_objects import TRAINER, NeededObject
from pipelines.images import pin
from tests.integration.cluster.kfp_store import Store
from tests.integration.cluster.kubernetes_api import Objects, kubernetes_api, write_kubeconfig

PROFILE = "/api/v1/namespaces/pass-runs"
NEEDED = (
    NeededObject("Secret", "pass-s3"),
    NeededObject("PersistentVolumeClaim", "pass-data"),
    NeededObject("ConfigMap", "pass-ca", optional=True),
)


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file by which clients find a cluster."""
    path = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return path


@pytest.fixture
def cluster(kubeconfig: Path) -> Iterator[tuple[str, Objects]]:
    """The address of a cluster with what the manifests make for several users, and its objects."""
    objects = Objects(
        {
            PROFILE,
            f"{PROFILE}/serviceaccounts/pass-runs",
            f"{PROFILE}/secrets/pass-s3",
            f"{PROFILE}/persistentvolumeclaims/pass-data",
            f"{PROFILE}/persistentvolumeclaims/pass-kernels",
        }
    )
    with kubernetes_api(kubeconfig, objects) as address:
        yield address, objects


def look(namespace: str = "pass-runs", several_users: bool = True) -> list[str]:
    """What is said of a namespace that `NEEDED` is looked for in.

    Args:
        namespace: its name.
        several_users: whether KFP serves several.
    """
    lines: list[str] = []
    require_objects(
        namespace=namespace, objects=NEEDED, several_users=several_users, say=lines.append
    )
    return lines


def test_nothing_is_said_where_all_is_there(cluster: tuple[str, Objects]) -> None:
    assert cluster
    assert look() == []


def test_what_is_missing_is_named_with_what_to_apply(cluster: tuple[str, Objects]) -> None:
    address, objects = cluster
    objects.paths -= {f"{PROFILE}/secrets/pass-s3", f"{PROFILE}/persistentvolumeclaims/pass-data"}
    with pytest.raises(SubmissionError) as raised:
        look()
    assert str(raised.value) == (
        f"{address} (kubectl's context trial): namespace pass-runs lacks "
        "PersistentVolumeClaim pass-data, Secret pass-s3: "
        "kubectl apply -k manifests/overlays/several-users, or the overlay that is yours "
        "(docs/cluster.md, 3), or name other claims in placement; "
        "KUBECONFIG=/dev/null leaves this check out"
    )


@pytest.mark.parametrize(
    ("several_users", "advice"),
    [
        (True, "kubectl apply -f manifests/runs/several-users/profile.yaml"),
        (False, r"install KFP \(docs/cluster.md, 1\)"),
    ],
)
def test_a_namespace_that_is_not_there_is_named(
    cluster: tuple[str, Objects], several_users: bool, advice: str
) -> None:
    with pytest.raises(SubmissionError, match=f"there is no namespace other: {advice}, or name"):
        look("other", several_users)
    assert cluster


def test_what_the_user_may_not_see_is_said_and_no_obstacle(cluster: tuple[str, Objects]) -> None:
    cluster[1].hidden |= {PROFILE, f"{PROFILE}/secrets/pass-s3"}
    unseen = "not looked whether namespace pass-runs has what runs need"
    assert look() == [f"{unseen}: your user there may not see Secret pass-s3"]


def test_a_cluster_without_the_trainer_is_told_what_to_apply(cluster: tuple[str, Objects]) -> None:
    def look() -> None:
        require_objects(namespace="pass-runs", objects=[TRAINER], several_users=True, say=print)

    with pytest.raises(SubmissionError, match=r"Trainer is not there: kubectl apply .*ref=v2.3.0"):
        look()
    cluster[1].paths.add("/apis/trainer.kubeflow.org/v1alpha1")
    look()


def test_without_a_cluster_this_is_said(kubeconfig: Path) -> None:
    unseen = "not looked whether namespace pass-runs has what runs need"
    (line,) = look()
    assert line.startswith(f"{unseen}: no kubeconfig (")
    write_kubeconfig(kubeconfig, "http://127.0.0.1:9")
    (line,) = look()
    assert line.startswith(f"{unseen}: http://127.0.0.1:9 (kubectl's context trial) cannot be")
    assert "\n" not in line


def submit(host: str, *options: str) -> Result:
    """The outcome of `pass-ops submit` for a recurring run, which starts nothing.

    Args:
        host: address of the KFP server.
        options: more of the command line.
    """
    common = ("--version", "v1", "--allow-tags", "test", "--recurring", "@daily")
    values = ("--set", "data_uri=s3://pass-data/a", "--set", "placement.data_claim=pass-shards")
    return CliRunner().invoke(app, ["submit", "--host", host, *common, *values, *options])


def test_a_run_is_sent_where_all_is_there_and_nothing_otherwise(
    cluster: tuple[str, Objects],
    api: tuple[str, Store],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    lock = tmp_path / "images.lock"
    lock.write_text("train=localhost/train:trial\npost=localhost/post:trial\n")
    monkeypatch.setattr(pin, "LOCK", lock)
    host, store = api
    store.health = {"tag_name": "2.17.1", "multi_user": True}
    outcome = submit(host, "--namespace", "pass-runs", "--no-cache")
    assert outcome.exit_code == 1
    assert "lacks PersistentVolumeClaim pass-shards: kubectl apply" in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert not [request for request in store.requests if request.startswith("POST")]
    cluster[1].paths.add(f"{PROFILE}/persistentvolumeclaims/pass-shards")
    outcome = submit(host, "--namespace", "pass-runs", "--no-cache")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    (run,) = store.recurring.values()
    assert run["service_account"] == "pass-runs"
    (experiment,) = store.experiments.values()
    assert experiment["namespace"] == "pass-runs"
    # Whatever has been computed is computed again.
    version = run["pipeline_version_reference"]["pipeline_version_id"]
    assert store.versions[version]["display_name"] == "v1"
    package = (store.folder / version).with_suffix(".yaml").read_text()
    spec = next(yaml.load_all(package, yaml.CSafeLoader))
    dags = [one["dag"] for one in (spec["root"], *spec["components"].values()) if "dag" in one]
    tasks = [task for dag in dags for task in dag["tasks"].values()]
    assert len(tasks) > 30
    assert all(task["cachingOptions"] == {} for task in tasks)
