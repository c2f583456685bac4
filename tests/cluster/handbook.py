"""The commands of docs/cluster.md, followed one by one without a cluster: what is there when each
is given, and what it needs.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.installations import Installation, rendered
from tests.cluster.programs import check_words
from tests.manifests.conftest import MANIFESTS

ROOT = MANIFESTS.parent
PAGE = ROOT / "docs/cluster.md"
OVERLAYS = {path.name for path in (MANIFESTS / "overlays").iterdir()}
# (namespace, kind, name)
Object = tuple[str, str, str]
KINDS = {"deploy": "deployment", "svc": "service"}

# What KFP 2.17.0 installs, below manifests/kustomize: deployments and services of base/pipeline
# and base/installs/multi-user, ConfigMaps of base/installs/generic and third-party/argo/base, the
# Secret of third-party/seaweedfs/base.
KFP: set[Object] = {
    ("kubeflow", "deployment", "ml-pipeline"),
    ("kubeflow", "deployment", "ml-pipeline-ui"),
    ("kubeflow", "service", "ml-pipeline-ui"),
    ("kubeflow", "configmap", "pipeline-install-config"),
    ("kubeflow", "configmap", "workflow-controller-configmap"),
    ("kubeflow", "configmap", "kfp-launcher"),
    ("kubeflow", "secret", "mlpipeline-minio-artifact"),
    ("kubeflow", "serviceaccount", "pipeline-runner"),
    ("", "crd", "applications.app.k8s.io"),
}
# What Kubeflow Trainer 2.3.0 installs, below manifests/overlays/manager.
TRAINER: set[Object] = {
    ("", "crd", "trainjobs.trainer.kubeflow.org"),
    ("kubeflow-system", "deployment", "kubeflow-trainer-controller-manager"),
}
SEVERAL: set[Object] = {("kubeflow", "deployment", "kubeflow-pipelines-profile-controller")}
# What a profile brings: base/installs/multi-user/pipelines-profile-controller/sync.py, and
# Kubeflow's profile controller.
PROFILE = {
    ("configmap", "kfp-launcher"),
    ("secret", "mlpipeline-minio-artifact"),
    ("serviceaccount", "default-editor"),
}
PROXY = ("deployment", "ml-pipeline-ui-artifact")


def commands(text: str, overlay: str) -> Iterator[str]:
    """The commands of the blocks that are for `overlay`, lines joined, in their order.

    Args:
        text: of the page.
        overlay: a block whose first line is a comment is for the overlays that it names; one in a
            language is no command.
    """
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if language:
            continue
        lines = block.replace("\\\n", " ").splitlines()
        if lines[0].startswith("#"):
            named = set(lines.pop(0).removeprefix("#").replace(" ", "").split(","))
            assert named <= OVERLAYS, f"no such overlay: {named - OVERLAYS}"
            if overlay not in named:
                continue
        yield from lines


@dataclass
class Cluster:
    """What is there.

    Attributes:
        installation: that the page is followed for.
        tree: a copy of manifests/ with secrets.
        namespaces: by name.
        objects: of all namespaces.
        variables: of the shell.
    """

    installation: Installation
    tree: Path
    namespaces: set[str] = field(default_factory=set)
    objects: set[Object] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.installation.kind == "several-users":
            self.namespaces.add("kubeflow")
            self.objects |= KFP | SEVERAL

    def give(self, command: str) -> None:
        """Follow a command, after those whose output it takes; raises AssertionError where
        something is missing.
        """
        for inner in re.findall(r"\$\((.+?)\)", command):
            self.give(inner)
        command = re.sub(r"\$\(.+?\)", "output", command)
        for part in re.split(r" \| | && | &$", command):
            words = [self._expanded(word) for word in shlex.split(part, comments=True)]
            if words:
                check_words(words)
            if words[:1] == ["export"]:
                self._export(words[1:])
            elif words[:1] == ["kubectl"]:
                self._kubectl(words[1:])
            elif words[:2] == [".venv/bin/python", "manifests/new_secrets.py"]:
                assert (self._path(words[2]) / "secrets").is_dir()
            for file in re.findall(r"manifests/\S+\.(?:json|yaml|py)", part):
                assert (ROOT / file).is_file(), f"{file} of: {command}"

    def _export(self, words: list[str]) -> None:
        for word in words:
            name, _, value = word.partition("=")
            self.variables[name] = value
        if "OVERLAY" in self.variables:
            self.variables["OVERLAY"] = f"manifests/overlays/{self.installation.overlay}"
        if "RUNS" in self.variables:
            assert self.variables["RUNS"] == self.installation.namespace

    def _expanded(self, word: str) -> str:
        return re.sub(r"\$([A-Z_]+)", lambda match: self.variables[match[1]], word)

    def _path(self, word: str) -> Path:
        return self.tree / Path(word).relative_to("manifests")

    def _kubectl(self, words: list[str]) -> None:
        namespace = ""
        if words[0] == "-n":
            namespace, words = words[1], words[2:]
            assert namespace in self.namespaces, f"namespace {namespace} is not there"
        verb, rest = words[0], words[1:]
        if verb == "apply":
            self._apply(rest)
        elif verb == "create":
            self._create(namespace, rest)
        else:
            targets = list(_targets(rest))
            assert targets, f"nothing to {verb}"
            for kind, name in targets:
                if "--for=create" in rest and (kind, name) == PROXY and "proxy" in self.variables:
                    self.objects.add((namespace, kind, name))
                assert (namespace, kind, name) in self.objects, f"{namespace}: no {kind} {name}"
            if any("ARTIFACTS_PROXY_ENABLED" in word for word in rest):
                self.variables["proxy"] = "true"

    def _create(self, namespace: str, rest: list[str]) -> None:
        kind, *others = rest
        if kind == "token":
            account = (namespace, "serviceaccount", others[0])
            assert account in self.objects, f"{namespace}: no service account {others[0]}"
            return
        name = next(word for word in others[kind == "secret" :] if not word.startswith("-"))
        self.objects.add((namespace, kind, name))

    def _apply(self, rest: list[str]) -> None:
        option, target = (word for word in rest if word != "--server-side")
        if target.startswith("github.com/kubeflow/trainer/"):
            self.namespaces.add("kubeflow-system")
            self.objects |= TRAINER
            return
        if target.startswith("github.com/kubeflow/pipelines/"):
            assert self.installation.kind == "single-user"
            self.namespaces.add("kubeflow")
            self.objects |= KFP
            return
        if option == "-k":
            documents = rendered(self._path(target))
        else:
            documents = list(yaml.safe_load_all(self._path(target).read_text()))
        for document in documents:
            if document["kind"] == "Profile":
                self._make_profile(document["metadata"]["name"])
            elif document["kind"] == "Namespace":
                self.namespaces.add(document["metadata"]["name"])
        for document in documents:
            self._add(document)

    def _make_profile(self, name: str) -> None:
        self.namespaces.add(name)
        self.objects |= {(name, kind, one) for kind, one in PROFILE}

    def _add(self, document: dict[str, Any]) -> None:
        metadata = document["metadata"]
        namespace = metadata.get("namespace", "")
        if namespace:
            assert namespace in self.namespaces, (
                f"{document['kind']} {metadata['name']}: {namespace}"
            )
        self.objects.add((namespace, document["kind"].lower(), metadata["name"]))


def _targets(words: list[str]) -> Iterator[tuple[str, str]]:
    """Kind and name of what a command names, `deploy/mlflow` or `job volumes`."""
    words = words[: words.index("--")] if "--" in words else words
    words = [word for word in words if not word.startswith("-")]
    if words[0] in ("restart", "status"):
        words = words[1:]
    slashed = [word for word in words if "/" in word and not word.startswith("manifests/")]
    if slashed:
        for word in slashed:
            kind, name = word.split("/")
            yield KINDS.get(kind, kind), name
        return
    kind, *names = words
    for name in names:
        if not name.startswith("manifests/"):
            yield KINDS.get(kind, kind), name
