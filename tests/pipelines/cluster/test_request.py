"""What a KFP server is asked for, before it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from pass_ops.errors import ConfigError
from pipelines.cluster.request import version_name
from tests.pipelines.cluster.toy_request import VALUES, VERSION, compile_toy, toy_request


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled toy pipeline."""
    return compile_toy(tmp_path_factory.mktemp("build"))


def test_cron_has_six_fields(package: Path) -> None:
    with pytest.raises(ConfigError, match="seconds first"):
        toy_request(package, cron="30 2 * * 1")


def test_a_person_can_read_what_would_be_sent(package: Path) -> None:
    content = yaml.safe_load(toy_request(package, cron="@daily").as_yaml())
    assert content["recurring run"] == "first"
    assert (content["pipeline"], content["version"], content["cron"]) == ("toy", VERSION, "@daily")
    assert content["parameters"] == VALUES


def git(folder: Path, *arguments: str) -> str:
    """What git prints, called by a user with a name.

    Args:
        folder: to call it in.
        arguments: subcommand and options.
    """
    user = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    command = ["git", "-C", str(folder), *user, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_version_is_named_by_commit_and_content(package: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--version"):
        version_name(package, tmp_path)
    git(tmp_path, "init")
    (tmp_path / "file").write_text("a")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")[:12]
    clean = version_name(package, tmp_path)
    assert clean.startswith(f"{commit}-")
    (tmp_path / "file").write_text("b")
    assert version_name(package, tmp_path) == clean.replace(commit, f"{commit}-dirty")
    other = tmp_path / "other.yaml"
    other.write_bytes(package.read_bytes() + b"#")
    assert version_name(other, tmp_path).rpartition("-")[2] != clean.rpartition("-")[2]
