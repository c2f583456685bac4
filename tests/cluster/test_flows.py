"""The rendered network policies say what `flows.yaml` says: no more, no less."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.installations import INSTALLATIONS, Documents, Installation, of_kind
from tests.cluster.network import SEAWEEDFS, Pod, closing, is_peer, lets_through, rules

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("flows.yaml").read_text())


@pytest.fixture(params=INSTALLATIONS, ids=lambda one: str(one.overlay))
def installation(request: pytest.FixtureRequest) -> Installation:
    given: Installation = request.param
    return given


@pytest.fixture
def documents(installation: Installation, tree: Path) -> Documents:
    return installation.render(tree)


def all_pods(kind: str) -> dict[str, Pod]:
    """The table's pods for a kind of installation, by name."""
    found = {}
    for name, pod in TABLE["pods"].items():
        if kind in pod.get("kinds", [kind]):
            space = TABLE["namespaces"][kind].get(pod["in"], pod["in"])
            found[name] = Pod(
                name=name,
                namespace=space,
                labels=pod["labels"],
                namespace_labels=TABLE["labels"].get(space, {}),
            )
    return found


def pods(installation: Installation, documents: Documents) -> dict[str, Pod]:
    """Those that this installation has: servers of ours are the overlay's choice."""
    templates = [
        item["spec"]["template"]["metadata"]["labels"]
        for item in documents
        if "template" in item.get("spec", {})
    ]
    return {
        name: pod
        for name, pod in all_pods(installation.kind).items()
        if pod.namespace != "pass-ops"
        or any(pod.labels.items() <= labels.items() for labels in templates)
    }


def flows(kind: str) -> set[tuple[str, str, str]]:
    """Source, target and port of each line of the table for a kind of installation."""
    return {
        (source, line["to"], port)
        for line in TABLE["flows"]
        if kind in line.get("kinds", [kind])
        for source, port in product(line["from"], line["ports"])
    }


def test_every_line_says_why_and_where() -> None:
    for line in TABLE["flows"]:
        assert line["why"]
        assert line["set"]
        assert {*line["from"], line["to"]} <= TABLE["pods"].keys()


def test_what_the_table_names_gets_through(
    installation: Installation, documents: Documents
) -> None:
    policies = [*of_kind(documents, "NetworkPolicy"), SEAWEEDFS]
    present = pods(installation, documents)
    tried = 0
    for source, target, port in flows(installation.kind):
        if source in present and target in present:
            tried += 1
            assert lets_through(
                policies=policies, source=present[source], target=present[target], port=port
            ), f"{source} -> {target} {port}"
    assert tried >= 12


def test_nothing_else_gets_through(installation: Installation, documents: Documents) -> None:
    ours = of_kind(documents, "NetworkPolicy")
    present, named = pods(installation, documents), flows(installation.kind)
    ports = {port for *_, port in flows("single-user") | flows("several-users")} | {"22/TCP"}
    everywhere = {"443/TCP", "6443/TCP"}
    for source, target in product(present.values(), repeat=2):
        closed = closing(ours, source, "Egress") or closing(ours, target, "Ingress")
        if source == target or not closed:
            continue
        for port in ports:
            # The Kubernetes API has no labels to select by: its ports are open to any address.
            if port in everywhere and target.name != "kubernetes-api":
                continue
            reached = lets_through(policies=ours, source=source, target=target, port=port)
            assert reached == ((source.name, target.name, port) in named), (
                f"{source.name} -> {target.name} {port}"
            )


def test_every_rule_has_a_line(installation: Installation, documents: Documents) -> None:
    """Also the rules that the other side's policy, or another rule, makes of no account."""
    known = all_pods(installation.kind)
    named = [
        (known[source], known[target], port) for source, target, port in flows(installation.kind)
    ]
    for policy in of_kind(documents, "NetworkPolicy"):
        space = policy["metadata"]["namespace"]
        for direction, peer, port in rules(policy):
            assert any(
                closing([policy], pod, direction) and is_peer(peer, space, other)
                for source, target, at in named
                if at == port
                for pod, other in [(source, target) if direction == "Egress" else (target, source)]
            ), f"{policy['metadata']['name']}: {direction} {peer} {port}"


def test_every_pod_of_ours_is_closed(installation: Installation, documents: Documents) -> None:
    ours = of_kind(documents, "NetworkPolicy")
    places = {"runs", "pass-ops"}
    open_ones = {*TABLE["open"][installation.kind]}
    if installation.kind == "single-user":
        open_ones.add("stranger")
    for name, pod in pods(installation, documents).items():
        if TABLE["pods"][name]["in"] in places:
            for direction in ("Ingress", "Egress"):
                assert bool(closing(ours, pod, direction)) == (name not in open_ones), name


def test_no_label_of_ours_is_one_that_kfp_selects_by(documents: Documents) -> None:
    # The namespace of runs is KFP's or its profile controller's: rendered here, it would lose the
    # label by which KFP's policies let its pods in.
    assert {item["metadata"]["name"] for item in of_kind(documents, "Namespace")} <= {"pass-ops"}
    # KFP's services and policies in 2.17.0 select pods by these.
    selected = {"app", "component", "application-crd-id", "app.kubernetes.io/component"}
    for item in documents:
        if "template" in item.get("spec", {}):
            assert not selected & item["spec"]["template"]["metadata"]["labels"].keys()


def test_without_the_label_of_a_profile_logs_are_not_uploaded(tree: Path) -> None:
    (several,) = [one for one in INSTALLATIONS if one.kind == "several-users"]
    documents = several.render(tree)
    policies = [*of_kind(documents, "NetworkPolicy"), SEAWEEDFS]
    present = pods(several, documents)
    stage, seaweedfs = present["stage"], present["seaweedfs"]
    overwritten = Pod(
        name="stage",
        namespace=stage.namespace,
        labels=stage.labels,
        namespace_labels={"app.kubernetes.io/part-of": "pass-ops"},
    )
    for source, reached in ((stage, True), (overwritten, False)):
        assert reached == lets_through(
            policies=policies, source=source, target=seaweedfs, port="8333/TCP"
        )
