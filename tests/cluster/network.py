"""What network policies let through, by the rules of networking.k8s.io/v1.

A pod that no policy selects for a direction is open in it; one that is selected gets what any of
these policies name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Policy = Mapping[str, Any]
NAME = "kubernetes.io/metadata.name"
# KFP's own: manifests/kustomize/third-party/seaweedfs/base/seaweedfs/seaweedfs-networkpolicy.yaml
# of 2.17.0, its rules on port 8333.
SEAWEEDFS: Policy = {
    "metadata": {"name": "seaweedfs", "namespace": "kubeflow"},
    "spec": {
        "podSelector": {
            "matchExpressions": [{"key": "app", "operator": "In", "values": ["seaweedfs"]}]
        },
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"app.kubernetes.io/part-of": "kubeflow-profile"}
                        }
                    },
                    {"podSelector": {}},
                ],
                "ports": [{"port": 8333}],
            }
        ],
    },
}


@dataclass(frozen=True)
class Pod:
    """A pod, or an address outside of the cluster's pods, whose namespace is empty.

    Attributes:
        name: in the table.
        namespace: its namespace's name.
        labels: its own.
        namespace_labels: its namespace's.
    """

    name: str
    namespace: str
    labels: Mapping[str, str]
    namespace_labels: Mapping[str, str]


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches.

    Args:
        selector: matchLabels and matchExpressions with the operators Exists and In.
        labels: of a pod or a namespace.
    """
    assert selector.keys() <= {"matchLabels", "matchExpressions"}
    if not selector.get("matchLabels", {}).items() <= labels.items():
        return False
    for expression in selector.get("matchExpressions", ()):
        assert expression["operator"] in ("Exists", "In")
        value = labels.get(expression["key"])
        if value is None or value not in expression.get("values", [value]):
            return False
    return True


def closing(policies: Sequence[Policy], pod: Pod, direction: str) -> list[Policy]:
    """The policies that close `pod`.

    Args:
        policies: of all namespaces.
        pod: that may be closed.
        direction: Ingress or Egress.
    """
    return [
        policy
        for policy in policies
        if policy["metadata"]["namespace"] == pod.namespace
        and direction in policy["spec"]["policyTypes"]
        and selects(policy["spec"]["podSelector"], pod.labels)
    ]


def lets_through(*, policies: Sequence[Policy], source: Pod, target: Pod, port: str) -> bool:
    """Whether `source` reaches `target` at `port`, written 53/UDP."""
    return _named(policies=policies, pod=source, direction="Egress", peer=target, port=port) and (
        _named(policies=policies, pod=target, direction="Ingress", peer=source, port=port)
    )


def rules(policy: Policy) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Direction, peer and port of everything that a policy names, ports of a range as 53-60/UDP; an
    empty peer is everybody.
    """
    for direction in policy["spec"]["policyTypes"]:
        for rule in policy["spec"].get(direction.lower(), ()):
            for one in rule["ports"]:
                ports = f"{one['port']}-{one['endPort']}" if "endPort" in one else one["port"]
                port = f"{ports}/{one.get('protocol', 'TCP')}"
                for peer in rule.get("to" if direction == "Egress" else "from", [{}]):
                    yield direction, peer, port


def _named(*, policies: Sequence[Policy], pod: Pod, direction: str, peer: Pod, port: str) -> bool:
    found = closing(policies, pod, direction)
    return not found or any(
        is_peer(one, policy["metadata"]["namespace"], peer)
        for policy in found
        for way, one, named in rules(policy)
        if way == direction and _covers(named, port)
    )


def _covers(named: str, port: str) -> bool:
    """Whether a port, or a whole range, is among those that a policy names."""
    (low, high, kind), (least, most, other) = (_range(text) for text in (named, port))
    return kind == other and low <= least and most <= high


def _range(port: str) -> tuple[int, int, str]:
    """Lowest and highest port, and the protocol."""
    numbers, _, kind = port.partition("/")
    low, _, high = numbers.partition("-")
    return int(low), int(high or low), kind


def is_peer(peer: Mapping[str, Any], namespace: str, pod: Pod) -> bool:
    """Whether a rule's peer is this pod.

    Args:
        peer: of the rule.
        namespace: of the policy.
        pod: that may be meant.
    """
    if not peer:
        return True
    assert peer.keys() <= {"namespaceSelector", "podSelector"}
    if not pod.namespace:
        return False
    if "namespaceSelector" in peer:
        labels = {**pod.namespace_labels, NAME: pod.namespace}
        inside = selects(peer["namespaceSelector"], labels)
    else:
        inside = pod.namespace == namespace
    return inside and selects(peer.get("podSelector", {}), pod.labels)
