"""The kinds of installation: which overlay serves which kind of KFP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.cluster.kfp_server import SEVERAL_USERS_ACCOUNT, SINGLE_USER_NAMESPACE
from tests.manifests.conftest import render

Documents = list[dict[str, Any]]


@cache
def rendered(folder: Path) -> Documents:
    """All documents that kustomize makes of a folder, rendered once."""
    return render(folder)


@dataclass(frozen=True)
class Installation:
    """An overlay on a KFP.

    Attributes:
        overlay: its name in manifests/overlays.
        kind: of KFP: single-user or several-users.
        namespace: where the pods of a run start: KFP's own for a single user (2.17.0,
            backend/src/apiserver/resource/resource_manager.go, CreateRun: an empty namespace of
            the run is that of the API server's pod), else that of the profile.
        account: as whom they run: DEFAULTPIPELINERUNNERSERVICEACCOUNT of
            backend/src/apiserver/config/config.json, or what the submission names.
    """

    overlay: str
    kind: str
    namespace: str
    account: str

    def render(self, tree: Path) -> Documents:
        """All documents of the overlay, in `tree`, a copy of manifests/ with secrets."""
        return rendered(tree / "overlays" / self.overlay)


def _single(overlay: str) -> Installation:
    return Installation(
        overlay=overlay,
        kind="single-user",
        namespace=SINGLE_USER_NAMESPACE,
        account="pipeline-runner",
    )


INSTALLATIONS = (
    _single("dev"),
    _single("prod"),
    _single("existing"),
    Installation(
        overlay="several-users",
        kind="several-users",
        namespace="pass-runs",
        account=SEVERAL_USERS_ACCOUNT,
    ),
)


def of_kind(documents: Documents, kind: str) -> Documents:
    """The documents of one kind.

    Args:
        documents: of an overlay.
        kind: as Kubernetes writes it.
    """
    return [document for document in documents if document["kind"] == kind]


def names(documents: Documents, kind: str) -> set[tuple[str, str]]:
    """(namespace, name) of the documents of one kind.

    Args:
        documents: of an overlay.
        kind: as Kubernetes writes it.
    """
    return {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in of_kind(documents, kind)
    }
