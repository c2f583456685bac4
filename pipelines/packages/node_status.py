"""The state of nodes as Argo keeps it: `status.nodes` of a Workflow.

Argo 4.0.5, workflow/controller/operator.go, initializeExecutableNode and assessNodeStatus. KFP
installs a retry strategy for all templates (2.17.0, manifests/kustomize/third-party/argo/base/
workflow-controller-configmap-patch.yaml; ours in manifests/kfp/retries.yaml), so that each node
stands twice: itself, and its first attempt, both with all inputs and outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.packages.go_json import Json

_TIME = "2026-01-01T00:{:02d}:{:02d}Z"
_HOST = "ip-10-0-123-45.eu-central-1.compute.internal"


@dataclass
class NodeTable:
    """The nodes of a run, all of them succeeded.

    Attributes:
        workflow: name of the Workflow.
        found: nodes so far, by id.
    """

    workflow: str
    found: dict[str, Json] = field(default_factory=dict)

    def add_pod(
        self,
        *,
        name: str,
        template: str,
        boundary: str,
        inputs: Mapping[str, str],
        outputs: Json,
    ) -> Json:
        """Add a pod, whose log KFP has Argo archive, and return it.

        Args:
            name, template, boundary, inputs, outputs: see `add`.
        """
        key = f"private-artifacts/kubeflow/{self.workflow}/2026/01/01/{self.id_of(name)}/main.log"
        logs = {"name": "main-logs", "s3": {"key": key}}
        return self.add(
            name=name,
            template=template,
            boundary=boundary,
            kind="Pod",
            inputs=inputs,
            outputs=outputs | {"artifacts": [logs], "exitCode": "0"},
        )

    def add_group(self, *, name: str, template: str, boundary: str, members: list[str]) -> None:
        """Add the group of a loop's iterations, which has no attempts.

        Args:
            name, template, boundary: see `add`.
            members: ids of the iterations.
        """
        attempt = self.add(name=name, template=template, boundary=boundary, kind="TaskGroup")
        del self.found[attempt["id"]]
        self.found[self.id_of(name)] |= {"type": "TaskGroup", "children": members, "nodeFlag": {}}

    def add(
        self,
        *,
        name: str,
        template: str,
        boundary: str,
        kind: str,
        inputs: Mapping[str, str] | None = None,
        outputs: Json | None = None,
    ) -> Json:
        """Add a node and its first attempt.

        Args:
            name: of the node.
            template: that it runs.
            boundary: id of the node that it is in; empty for the first.
            kind: Pod or DAG.
            inputs: parameters by name.
            outputs: as Argo keeps them.

        Returns:
            the attempt, whose children are still to be added.
        """
        second = len(self.found) % 60
        common: Json = {
            "templateName": template,
            "templateScope": f"local/{self.workflow}",
            "phase": "Succeeded",
            "startedAt": _TIME.format(second, second),
            "finishedAt": _TIME.format(second, 59 - second),
            "progress": "1/1",
            "resourcesDuration": {"cpu": 1234, "memory": 12345},
        }
        if inputs:
            common["inputs"] = {
                "parameters": [{"name": key, "value": one} for key, one in inputs.items()]
            }
        if outputs:
            common["outputs"] = outputs
        if boundary:
            common["boundaryID"] = boundary
        attempt = self._named(f"{name}(0)") | common
        attempt |= {"type": kind, "nodeFlag": {"retried": True}}
        if kind == "Pod":
            attempt |= {"hostNodeName": _HOST, "taskResultSynced": True}
        node = self._named(name) | common | {"type": "Retry", "children": [attempt["id"]]}
        self.found |= {one["id"]: one for one in (node, attempt)}
        return attempt

    def _named(self, name: str) -> Json:
        return {"id": self.id_of(name), "name": name, "displayName": name.rpartition(".")[2]}

    def id_of(self, name: str) -> str:
        """workflow_types.go, NodeID: by hash, so that nodes are kept in no sensible order."""
        if name == self.workflow:
            return name
        digest = 0x811C9DC5
        for byte in name.encode():
            digest = (digest ^ byte) * 0x01000193 % 2**32
        return f"{self.workflow}-{digest}"
