"""What code made a result."""

from __future__ import annotations

import platform
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from pass_ops import versions
from pass_ops.versions import PIPELINE_VERSION, commit, git_commit


def git(folder: Path, *arguments: str) -> str:
    """What git prints, called by a user with a name.

    Args:
        folder: to call it in.
        arguments: subcommand and options.
    """
    user = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    command = ["git", "-C", str(folder), *user, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of one file."""
    git(tmp_path, "init")
    (tmp_path / "file").write_text("a")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "first")
    return tmp_path


def test_a_clone_is_named_by_its_commit_and_whether_files_differ(clone: Path) -> None:
    head = git(clone, "rev-parse", "HEAD")[:12]
    assert git_commit(clone) == head
    (clone / "file").write_text("b")
    assert git_commit(clone) == f"{head}-dirty"
    (clone / "folder").mkdir()
    assert git_commit(clone / "folder") == ""


def test_in_a_task_the_commit_is_the_pipelines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PIPELINE_VERSION, "0123456789ab-dirty-89abcdef")
    assert commit() == "0123456789ab-dirty"


def test_versions_are_those_that_are_installed_or_else_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = versions.versions()
    assert found.keys() == {"pass-ops", "kfp", "jittor", "mlflow-skinny", "python"}
    assert found["python"] == platform.python_version()

    def absent(package: str) -> str:
        raise versions.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(versions.metadata, "version", absent)
    assert versions.versions()["jittor"] == found["jittor"]


def test_a_tree_that_is_not_installed_has_versions_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", gone)
    monkeypatch.setattr(metadata, "requires", gone)
    assert versions.versions() == dict.fromkeys(versions.PACKAGES, "") | {
        "python": platform.python_version()
    }
