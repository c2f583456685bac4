"""`docs/walkthrough.md`: its commands, run as they stand and in their order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pass_ops.engine.kernels.home import kernel_home
from pass_ops.evaluation.report.result import Result
from tests.docs.pages import ROOT, blocks

COMMANDS = "\n".join(blocks(ROOT / "docs" / "walkthrough.md", "sh"))
# What stands for programs in a folder with the Makefile alone: the code that is tested, and the
# packages of this test, as Jittor compiles its core anew for a .venv of another path.
PYTHON = """#!/bin/sh
PYTHONPATH='{path}' exec '{python}' "$@"
"""
PASS_OPS = """#!/bin/sh
exec .venv/bin/python -c 'from pass_ops.cli import app; app()' "$@"
"""
# What make looks at, as in a clone into which make setup has installed.
MAKEFILES = ("Makefile", ".make", "requirements.lock", "pyproject.toml")
INSTALLED = "sha256sum requirements.lock pyproject.toml > .venv/installed.sha256"


def run(script: str, folder: Path) -> str:
    """The output of commands in one shell, which ends at the first that fails.

    Args:
        script: the commands.
        folder: to run them in.
    """
    hidden = ("MAKE", "PYTEST", "MLFLOW_RUN_ID")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(hidden)}
    process = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment | {"JITTOR_HOME": str(kernel_home(os.environ))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-3000:]
    return process.stdout


def write_program(path: Path, text: str) -> None:
    """Write a script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the programs, as make setup leaves it."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    programs = tmp_path / ".venv" / "bin"
    write_program(programs / "python", PYTHON.format(path=path, python=sys.executable))
    write_program(programs / "pass-ops", PASS_OPS)
    for name in MAKEFILES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    subprocess.run(INSTALLED, shell=True, cwd=tmp_path, check=True)
    return tmp_path


def test_the_commands_do_what_the_page_says(place: Path) -> None:
    output = run(COMMANDS, place)
    for part in ("336 images", "predictions.png", "48 of 48 photographs labelled", "crf: none"):
        assert part in output, part
    assert re.search(r"^predict.crf +pseudo-labels +none$", output, re.MULTILINE)
    for name in ("comparison.html", "labels/areas.json", "build/pass_training.yaml"):
        assert (place / name).is_file(), name

    folders = sorted((place / "runs").iterdir())
    first, other, own = (Result.load(folder / "result.json") for folder in folders)
    # By `pass-ops evaluate`, too.
    assert len(re.findall(rf"^mIoU +{first.test['miou']:.3f}$", output, re.MULTILINE)) >= 1
    assert first.test["miou"] > 0.45
    # Pre-training teaches features. Seen: 0.350 and 0.521 untrained, 0.817 and 0.812 pre-trained.
    untrained, trained, _ = first.learning
    assert trained.kmeans_accuracy > untrained.kmeans_accuracy + 0.15
    assert trained.knn_accuracy > untrained.knn_accuracy + 0.1
    # What comes before the predictions is taken from the cache; photographs alone are not scored.
    assert not any(stage.cached for stage in first.stages)
    assert any(stage.cached for stage in other.stages)
    assert not all(stage.cached for stage in other.stages)
    assert not own.test
