"""`docs/walkthrough.md`: its commands, run as they stand and in their order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.evaluation.report.result import Result
from tests.comparison.example import write_run
from tests.docs.pages import ROOT, blocks

COMMANDS = "\n".join(blocks(ROOT / "docs" / "walkthrough.md", "sh"))
# What stands for programs in a folder with the Makefile alone: the code that is tested; and, as a
# run of the pipeline takes minutes, its place is taken by the next of the runs that were prepared.
PYTHON = """#!/bin/sh
PYTHONPATH='{path}' exec '{python}' "$@"
"""
PASS_OPS = """#!/bin/sh
exec .venv/bin/python -c 'from pass_ops.cli import app; app()' "$@"
"""
MAKE = """#!/bin/sh
test "$1" = run || exec '{make}' "$@"
'{make}' --dry-run "$@" > /dev/null || exit
echo "left out here: make $* (make test-slow runs it)"
mv "$(ls -d prepared/* | head -n 1)" runs/
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
    process = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if not name.startswith(hidden)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-3000:]
    return process.stdout


OTHER_PACKAGES = (
    "the Python of this test is not the .venv that make setup has made of requirements.lock: the "
    "commands of docs/walkthrough.md would change it, and are not run"
)


def write_program(path: Path, text: str) -> None:
    """Write a script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def place(exported_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the programs, as make setup leaves it, and with three runs for make."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    programs = tmp_path / ".venv" / "bin"
    write_program(programs / "python", PYTHON.format(path=path, python=sys.executable))
    write_program(programs / "pass-ops", PASS_OPS)
    write_program(tmp_path / "bin" / "make", MAKE.format(make=shutil.which("make")))
    for name in MAKEFILES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    subprocess.run(INSTALLED, shell=True, cwd=tmp_path, check=True)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    (tmp_path / "runs").mkdir()
    prepared = tmp_path / "prepared"
    # The set of the first command, to the last byte.
    data = tmp_path / "same shapes"
    write_synthetic(data)
    first = write_run(folder=prepared / "20260101-120000", data=data, shift=2)
    second = shutil.copytree(first, prepared / "20260101-130000") / "result.json"
    replace(Result.load(second), overrides={"predict.crf": "none"}).save(second)
    (prepared / "20260101-140000").mkdir()
    shutil.copytree(exported_model, first / "model")
    shutil.copy(first / "test_evaluation" / "predictions.png", first)
    return tmp_path


def test_the_quick_commands_do_what_the_page_says(place: Path) -> None:
    output = run(COMMANDS, place)
    print("\n".join(line for line in output.splitlines() if line.startswith("left out")))
    assert output.count("left out here: make run") == 3
    assert len(list((place / "runs").iterdir())) == 3
    for part in ("336 images", "predictions.png", "48 of 48 photographs labelled", "crf: none"):
        assert part in output, part
    first = Result.load(place / "runs" / "20260101-120000" / "result.json")
    assert re.search(rf"^mIoU +{first.test['miou']:.3f}$", output, re.MULTILINE)
    assert re.search(r"^predict.crf +pseudo-labels +none$", output, re.MULTILINE)
    assert (place / "comparison.html").is_file()
    assert (place / "labels" / "areas.json").is_file()
    assert (place / "build" / "pass_training.yaml").is_file()


@pytest.mark.slow
def test_all_commands_in_a_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    (clone / ".venv").symlink_to(Path(sys.prefix))
    installed = ["sha256sum", "--check", "--status", ".venv/installed.sha256"]
    if subprocess.run(installed, cwd=clone, check=False).returncode:
        print(OTHER_PACKAGES)
        pytest.skip(OTHER_PACKAGES)
    output = run(COMMANDS, clone)
    assert len(list((clone / "runs").iterdir())) == 3
    assert "mIoU  " in output
    for name in ("comparison.html", "labels/areas.json", "build/pass_training.yaml"):
        assert (clone / name).is_file(), name
