"""The wheel: what is in it, and that it works outside of the clone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[1]
PACKAGES = ("pass_ops", "components", "pipelines")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this clone, which `make wheel` builds of a copy."""
    root = tmp_path_factory.mktemp("wheel")
    for folder in (*PACKAGES, ".make"):
        shutil.copytree(CLONE / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("Makefile", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CLONE / file, root)
    (root / ".venv").symlink_to(sys.prefix)
    # What an earlier build left.
    (root / "build" / "lib" / "pass_ops").mkdir(parents=True)
    (root / "build" / "lib" / "pass_ops" / "gone.py").write_text("")
    subprocess.run(
        ["make", "--no-print-directory", "wheel", "--assume-old=setup"],
        cwd=root,
        env={name: text for name, text in os.environ.items() if not name.startswith("MAKE")},
        check=True,
    )
    (built,) = (root / "dist").glob("*.whl")
    return built


def test_it_has_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    files = {
        path.relative_to(CLONE).as_posix()
        for package in PACKAGES
        for path in (CLONE / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # Code opens settings and templates that lie beside it.
    assert {Path(name).suffix for name in files} > {".py", ".yaml", ".html", ".css"}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == files


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`pass-ops` of a new environment, which has the wheel and borrows all other packages."""
    root = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    python = root / "bin" / "python"
    paths = {"base": str(root), "platbase": str(root)}
    packages = Path(sysconfig.get_path("purelib", vars=paths))
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", wheel], check=True)
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib"))
    return root / "bin" / "pass-ops"


@pytest.mark.slow
def test_it_predicts_outside_of_the_clone(
    command: Path, exported_model: Path, synthetic_data: Path, tmp_path: Path
) -> None:
    def run(*arguments: str | Path) -> str:
        process = subprocess.run(
            [command, *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    python = command.with_name("python")
    where = "import pass_ops, pipelines; print(pass_ops.__file__, pipelines.__file__)"
    output = subprocess.run(
        [python, "-c", where], cwd=tmp_path, env={}, capture_output=True, text=True, check=True
    ).stdout
    assert all(path.startswith(str(command.parents[1])) for path in output.split())

    # Of no clone: there is no commit to name.
    assert run("--version") == f"pass-ops {metadata.version('pass-ops')}\n"
    assert " predict " in run("--help")
    assert "pretrain:" in run("config", "--profile", "smoke")
    photographs = synthetic_data / "test"
    assert "12 of 12 photographs labelled" in run(
        "predict", exported_model, photographs, "--output", "labels"
    )
    areas = json.loads((tmp_path / "labels" / "areas.json").read_text())
    assert len(areas["images"]) == 12
    assert len(list((tmp_path / "labels" / "labels").rglob("*.png"))) == 12
    submitted = ("submit", "--dry-run", "--allow-tags", "none are published", "--version", "first")
    assert "first" in run(*submitted, "--set", "data_uri=s3://bucket/set")
