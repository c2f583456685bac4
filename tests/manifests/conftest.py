"""The overlays as `kubectl kustomize` renders them, with random secrets, outside the clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

MANIFESTS = Path(__file__).resolve().parents[2] / "manifests"


def tool(name: str) -> str:
    """Path of a command-line tool of the development packages."""
    folders = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    path = shutil.which(name, path=folders)
    assert path is not None, f"{name} is missing: make setup"
    return path


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of manifests/ with secrets."""
    copy = tmp_path_factory.mktemp("kustomize") / "manifests"
    shutil.copytree(MANIFESTS, copy, ignore=shutil.ignore_patterns("secrets"))
    for name in ("dev", "prod", "several-users"):
        overlay = copy / "overlays" / name
        subprocess.run(
            [sys.executable, str(copy / "new_secrets.py"), str(overlay)],
            check=True,
            capture_output=True,
        )
    return copy


def render(folder: Path) -> list[dict[str, Any]]:
    """All documents that `kubectl kustomize` makes of a folder."""
    command = [tool("kubectl"), "kustomize", str(folder)]
    return list(
        yaml.safe_load_all(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
    )


@pytest.fixture(scope="session", params=["dev", "prod", "several-users", "existing"])
def rendered(request: pytest.FixtureRequest, tree: Path) -> list[dict[str, Any]]:
    """All documents of an overlay."""
    return render(tree / "overlays" / request.param)
