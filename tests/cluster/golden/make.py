"""Make the golden pods anew: `python -m tests.cluster.golden.make WALK`, WALK being the program
that README.md says how to build.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from components.placement import resolve_placement
from pipelines.compile import cluster_pipelines, compile_for_cluster
from pipelines.images.pin import LOCK
from pipelines.servers.mlflow import mlflow_server
from tests.cluster.golden.cases import GOLDEN, PLACEMENTS, TASKS, input_digest
from tests.manifests.conftest import MANIFESTS, render

PARAMETERS = {
    "training": {"data_uri": "s3://pass-data/set/0123"},
    "evaluation": {"data_uri": "s3://pass-data/set/0123", "model_uri": "models:/pass/1"},
}
NO_S3 = {"S3_ENDPOINT": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


def objects(folder: Path, name: str, namespace: str) -> Path:
    """A file with the objects of a namespace, as an overlay has them.

    Args:
        folder: to write to.
        name: of the overlay.
        namespace: where pods of runs start.
    """
    tree = folder / name
    shutil.copytree(MANIFESTS, tree, ignore=shutil.ignore_patterns("secrets"))
    overlay = tree / "overlays" / name
    command = [sys.executable, str(tree / "new_secrets.py"), str(overlay)]
    subprocess.run(command, check=True, capture_output=True)
    kept = [one for one in render(overlay) if one["metadata"].get("namespace") == namespace]
    file = folder / f"{name}.json"
    file.write_text(json.dumps(kept))
    return file


@contextmanager
def plugin(folder: Path) -> Iterator[Path]:
    """A file with our settings of KFP's MLflow plugin, for an MLflow that runs meanwhile."""
    settings = json.loads((MANIFESTS / "kfp/mlflow-plugin.json").read_text())
    with mlflow_server(folder / "mlflow", NO_S3) as server:
        server.wait_ready()
        file = folder / "plugin.json"
        file.write_text(json.dumps(settings | {"endpoint": server.url}))
        yield file


def walk(
    command: Sequence[str], package: Path, placement: dict[str, Any], **files: Path
) -> list[dict[str, Any]]:
    """All tasks of a package, as KFP places them; prints what the program says of the whole.

    Args:
        command: the program, and words for it.
        package: a compiled pipeline.
        placement: of the run.
        **files: more words, by their names.
    """
    tasks = package.with_suffix(".tasks.json")
    resolved = {"comp-resolve-placement": resolve_placement(placement)._asdict()}
    parameters = PARAMETERS[package.stem] | {"placement": placement}
    words = [
        *command,
        *("-package", str(package), "-tasks", str(tasks)),
        *("-parameters", json.dumps(parameters), "-outputs", json.dumps(resolved)),
        *(word for name, file in files.items() for word in (f"-{name}", str(file))),
    ]
    process = subprocess.run(words, check=True, stderr=subprocess.PIPE, text=True)
    print(package.stem, *re.findall(r"(?<=\d\d:\d\d:\d\d ).*", process.stderr), sep="; ")
    found: list[dict[str, Any]] = json.loads(tasks.read_text())
    return found


def main(program: str) -> None:
    """Walk both packages under each placement, and write the golden file."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        packages = {name: folder / f"{name}.yaml" for name in cluster_pipelines()}
        for name, pipeline in cluster_pipelines().items():
            compile_for_cluster(
                pipeline=pipeline, package=packages[name], lock=LOCK, allow_tags="golden"
            )
        known = objects(folder, "dev", "kubeflow")
        pods = []
        for name, placement in PLACEMENTS.items():
            print(name)
            walk([program], packages["evaluation"], placement, objects=known)
            found = walk([program], packages["training"], placement, objects=known)
            pods += [_pod(found, kind, {"placement": name}) for kind in TASKS]
        print("default, with KFP's MLflow plugin, for several users and for one")
        with plugin(folder) as settings:
            workflow = folder / "workflow.json"
            files = {"plugin": settings, "workflow": workflow}
            several = [program, "-several-users", "-namespace", "pass-runs"]
            known_to_several = objects(folder, "several-users", "pass-runs")
            walk(several, packages["training"], {}, objects=known_to_several, **files)
            found = walk([program], packages["training"], {}, objects=known, **files)
        pods += [_pod(found, kind, {"placement": "default", "plugin": True}) for kind in TASKS]
        retries = _retries(json.loads(workflow.read_text()))
        spec, platform = yaml.safe_load_all(packages["training"].read_text())
        executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
        inputs = {kind: input_digest(spec, executors, label) for kind, label in TASKS.items()}
    GOLDEN.write_text(
        json.dumps({"kfp": "2.17.0", "inputs": inputs, "retries": retries, "pods": pods}, indent=1)
        + "\n"
    )


def _retries(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules for retries that KFP's compiler gives stages, each once."""
    found = []
    for template in workflow["spec"]["templates"]:
        for task in template.get("dag", {}).get("tasks", ()):
            given = {one["name"]: one.get("value", "") for one in task["arguments"]["parameters"]}
            limit = given.get("retry-max-count", "{")
            names = {"duration": "duration", "factor": "factor", "maxDuration": "max-duration"}
            if not limit.startswith("{"):
                backoff = {key: given[f"retry-backoff-{name}"] for key, name in names.items()}
                found.append({"limit": limit, "backoff": backoff})
    return [one for number, one in enumerate(found) if one not in found[:number]]


def _pod(tasks: list[dict[str, Any]], kind: str, case: dict[str, Any]) -> dict[str, Any]:
    """What is kept of the first task of a kind: all of it by default; elsewhere neither what the
    launcher is told, which makes half of a patch, nor what Argo's template adds.
    """
    task = next(one for one in tasks if one["executor"] == TASKS[kind])
    patch, merged = task["podSpecPatch"], task["container"]
    whole = case == {"placement": "default"}
    for container in (merged,) if whole else (*patch["containers"], merged):
        container.pop("command")
        container.pop("args")
    pod = case | {"kind": kind, "podSpecPatch": patch}
    if whole or "plugin" in case:
        pod["merged"] = {"containers": [merged], "volumes": task["volumes"]}
    return pod


if __name__ == "__main__":
    main(sys.argv[1])
