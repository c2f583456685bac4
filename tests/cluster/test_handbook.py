"""docs/cluster.md, followed for each installation: every command finds what it needs, and before a
run starts there is everything that its pods refer to, where they start.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.placement import DEFAULTS
from pipelines.cluster.needed_objects import needed_objects
from tests.cluster.handbook import OVERLAYS, PAGE, ROOT, Cluster, commands
from tests.cluster.installations import INSTALLATIONS, Installation
from tests.cluster.programs import check_words

TEXT = PAGE.read_text()
RUN = "make submit "


def follow(installation: Installation, tree: Path) -> Cluster:
    """The cluster when the page comes to a run."""
    cluster = Cluster(installation=installation, tree=tree)
    for command in commands(TEXT, installation.overlay):
        if command.startswith(RUN):
            return cluster
        cluster.give(command)
    raise AssertionError("the page starts no run")


@pytest.fixture(params=INSTALLATIONS, ids=lambda one: str(one.overlay))
def installation(request: pytest.FixtureRequest) -> Installation:
    given: Installation = request.param
    return given


def test_every_overlay_is_an_installation() -> None:
    assert {one.overlay for one in INSTALLATIONS} == OVERLAYS


def test_what_a_pod_refers_to_is_there_before_the_run(
    installation: Installation, tree: Path, package: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    cluster = follow(installation, tree)
    space = installation.namespace
    assert (space, "serviceaccount", installation.account) in cluster.objects
    # Argo's wait container of every pod: workflow-controller-configmap-patch.yaml of KFP 2.17.0.
    assert (space, "secret", "mlpipeline-minio-artifact") in cluster.objects
    assert (space, "configmap", "kfp-launcher") in cluster.objects
    platform = {"platforms": {"kubernetes": {"deploymentSpec": {"executors": package[1]}}}}
    found = needed_objects(platform, DEFAULTS)
    assert {one.kind for one in found} == {"Secret", "ConfigMap", "PersistentVolumeClaim"}
    needed = {(space, one.kind.lower(), one.name) for one in found if not one.optional}
    assert {"pass-s3", "pass-data"} <= {name for *_, name in needed}
    optional = {(space, one.kind.lower(), one.name) for one in found if one.optional}
    assert needed | optional <= cluster.objects


def test_policies_select_the_label_that_stages_have(
    package: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    for settings in package[1].values():
        assert settings["podMetadata"]["labels"]["pass-ops/stage-class"]


def test_every_command_of_the_page_finds_what_it_needs(
    installation: Installation, tree: Path
) -> None:
    cluster = Cluster(installation=installation, tree=tree)
    given = list(commands(TEXT, installation.overlay))
    assert len([one for one in given if one.startswith("kubectl")]) >= 12
    for command in given:
        cluster.give(command)


def test_a_command_too_early_is_noticed(installation: Installation, tree: Path) -> None:
    given = [one for one in commands(TEXT, installation.overlay) if one.startswith("export RUNS")]
    assert given
    for command in ("kubectl apply -k $OVERLAY", "kubectl -n $RUNS wait job/volumes"):
        cluster = Cluster(installation=installation, tree=tree)
        for export in given:
            cluster.give(export)
        with pytest.raises(AssertionError):
            cluster.give(command)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("kubectl -n kubeflow wait --form=condition=available deploy/a", "knows no --form"),
        ("kubectl create secret generic a --from-litteral=b=c", "knows no --from-litteral"),
        ("make submit HOTS=http://a", "knows no variable HOTS"),
        ("make image", "no target image"),
        (".venv/bin/pass-ops data unpack a", "no command"),
        (".venv/bin/pass-ops data pack --fast a b", "--fast"),
        ("mc mirror pass/mlruns backup", "no bucket"),
        ("helm install kubeflow", "no test knows"),
    ],
)
def test_words_that_a_program_does_not_know_are_noticed(command: str, problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        check_words(command.split())


def test_the_table_of_inputs_says_what_each_pipeline_takes(
    package: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    inputs = package[0]["root"]["inputDefinitions"]["parameters"]
    table = re.findall(r"^\| `(\w+)` \| (yes|alone|) ?\| (.*?) ?\| .+ \|$", TEXT, re.MULTILINE)
    mine = ("yes", "alone") if "model_uri" in inputs else ("yes", "")
    rows = {name: default for name, evaluation, default in table if evaluation in mine}
    assert set(rows) == set(inputs)
    for name in inputs.keys() - {"placement"}:
        default = inputs[name].get("defaultValue", "")
        assert rows[name] == (f"`{default}`".replace(".0`", "`") if default != "" else ""), name


def test_the_placement_for_a_form_is_that_of_the_trial() -> None:
    (text,) = re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert json.loads(text) == yaml.safe_load((ROOT / "params/dev.yaml").read_text())["placement"]


def test_files_and_commands_that_pages_name_are_there() -> None:
    for page in (PAGE, ROOT / "manifests/README.md", ROOT / "images/README.md"):
        for path in re.findall(r"(?<![\w/])manifests/[\w./-]+\w", page.read_text()):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_lines_of_the_page_are_short() -> None:
    assert [line for line in TEXT.splitlines() if len(line) > 130 and line[0] != "|"] == []
