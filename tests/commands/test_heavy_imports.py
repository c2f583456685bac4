"""Commands look at their arguments before they import Jittor, which may compile for minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Stands for one that compiles.
JITTOR = "raise RuntimeError('Jittor is imported')"


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and standard error of `pass-ops`, with a Jittor that nobody may import.

    Args:
        folder: for the Jittor, and to work in.
        arguments: of the command line.
    """
    (folder / "jittor.py").write_text(JITTOR)
    process = subprocess.run(
        [sys.executable, "-c", "from pass_ops.cli import app; app()", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return process.returncode, process.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "sam convert gone made",
        "sam convert jittor.py made",
        "weights import gone made",
        "weights import jittor.py made",
        "evaluate-by-distance gone data --output made",
        "pretrain --profile smoke --data gone --output made",
        "train-pixel-attention --profile smoke --output made",
        "masks --profile smoke --output made --mask-weights gone",
        "evaluate gone gone",
        "evaluate . . --match gone",
    ],
)
def test_wrong_arguments_are_told_at_once(tmp_path: Path, arguments: str) -> None:
    status, errors = run(tmp_path, *arguments.split())
    assert (status, errors.count("\n")) == (1, 1), errors
    assert errors.startswith("error: ")
    assert "Jittor" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["jittor.py"]


def test_a_good_checkpoint_does_need_it(tmp_path: Path) -> None:
    code = "import pass_ops.sam.network.model"
    (tmp_path / "jittor.py").write_text(JITTOR)
    process = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr.splitlines()[-1] == "RuntimeError: Jittor is imported"
