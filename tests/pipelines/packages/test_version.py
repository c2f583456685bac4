"""The version that a compiled pipeline bears."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pass_ops.errors import ConfigError
from pass_ops.versions import PIPELINE_VERSION
from pipelines.compile import compile_pipeline
from pipelines.evaluate_model import evaluation_pipeline
from pipelines.packages.shrinking import shrink_package
from pipelines.packages.version import stamp_version, version_name
from tests.test_versions import git

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled evaluation pipeline."""
    path = tmp_path_factory.mktemp("build") / "package.yaml"
    compile_pipeline(evaluation_pipeline, path)
    shrink_package(path)
    return path


def test_a_package_bears_commit_and_content_in_its_first_task(
    package: Path, tmp_path: Path
) -> None:
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", "first")
    digest = hashlib.sha256(package.read_bytes()).hexdigest()[:8]
    stamped = tmp_path / "stamped.yaml"
    stamped.write_text(package.read_text())
    stamp_version(stamped, tmp_path)
    name = f"{git(tmp_path, 'rev-parse', 'HEAD')[:12]}-{digest}"
    assert version_name(stamped) == name
    before, after = (next(yaml.safe_load_all(path.read_text())) for path in (package, stamped))
    executor = before["deploymentSpec"]["executors"]["exec-resolve-config"]
    executor["container"]["env"] = [{"name": PIPELINE_VERSION, "value": name}]
    assert after == before


def test_another_process_compiles_the_same_bytes(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "package.yaml"
    script = (
        "import sys; from pathlib import Path\n"
        "from pipelines.compile import compile_pipeline\n"
        "from pipelines.evaluate_model import evaluation_pipeline\n"
        "from pipelines.packages.shrinking import shrink_package\n"
        "package = Path(sys.argv[1])\n"
        "compile_pipeline(evaluation_pipeline, package); shrink_package(package)"
    )
    subprocess.run([sys.executable, "-c", script, other], check=True, cwd=ROOT)
    assert other.read_bytes() == package.read_bytes()


def test_outside_of_a_repository_it_has_none(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "package.yaml"
    other.write_text(package.read_text())
    stamp_version(other, tmp_path)
    assert other.read_bytes() == package.read_bytes()
    with pytest.raises(ConfigError, match="--version"):
        version_name(other)
