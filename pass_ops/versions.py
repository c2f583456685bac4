"""What code made a result: commit, and versions of what it depends on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

# Of the compiled pipeline: `<commit>-<digest>`. `pipelines.packages.version` puts it into packages.
PIPELINE_VERSION = "PASS_PIPELINE_VERSION"
PACKAGES = ("pass-ops", "kfp", "jittor", "mlflow-skinny")
_TREE = Path(__file__).resolve().parents[1]


def versions() -> dict[str, str]:
    """Versions of this package, of those that results depend on most, and of Python."""
    packages = {name: package_version(name) for name in PACKAGES}
    return packages | {"python": platform.python_version()}


def pipeline_version() -> str:
    """The version of the compiled pipeline that this process is a task of; empty without one."""
    return os.environ.get(PIPELINE_VERSION, "")


def commit() -> str:
    """The git commit of the pipeline or of this code, as `git_commit` has it; empty if unknown."""
    return pipeline_version().rpartition("-")[0] or git_commit(_TREE)


def git_commit(clone: Path) -> str:
    """12 hex digits, and `-dirty` if files differ from that commit; empty for no repository."""
    if not (clone / ".git").exists():
        return ""
    try:
        head = _git(clone, "rev-parse", "--short=12", "HEAD")
        changes = _git(clone, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}-dirty" if changes else head


def _git(clone: Path, *arguments: str) -> str:
    command = ["git", "-C", str(clone), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def package_version(package: str) -> str:
    """The version that is installed, else the one that is required; empty if neither is known."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        # The image for stages without a network has no Jittor: what trained is what we require.
        pinned = (one.partition("==") for one in _requirements())
        return next((version for name, _, version in pinned if name == package), "")


def _requirements() -> list[str]:
    try:
        return metadata.requires("pass-ops") or []
    except metadata.PackageNotFoundError:
        # Run from its folder alone, as while an image's kernels are compiled.
        return []
