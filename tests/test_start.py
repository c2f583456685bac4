"""Ctrl-C while a command is still being imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SLOW = "import time\nprint('importing', flush=True)\ntime.sleep(60)\n"
# As OpenCV does with what comes out of NumPy's import.
OTHER = SLOW.replace(
    "time.sleep(60)", "try: time.sleep(60)\nexcept BaseException: raise ImportError"
)


@pytest.mark.parametrize(
    ("arguments", "module", "content"),
    [
        # As the script `pass-ops` does, whose imports begin with Typer's.
        (("-c", "from pass_ops.start import pass_ops; pass_ops()"), "typer", SLOW),
        (("-m", "pass_ops.start", "slow", "--data", "x"), "slow", SLOW),
        (("-m", "pass_ops.start", "slow"), "slow", OTHER),
    ],
)
def test_ctrl_c_during_imports_ends_in_one_line(
    *, arguments: tuple[str, ...], module: str, content: str, tmp_path: Path
) -> None:
    (tmp_path / f"{module}.py").write_text(content)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, "interrupted\n")


def test_ctrl_c_before_python_is_ready_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    # The signal is pending before the first line runs.
    script = "kill -INT $$; exec " + " ".join([sys.executable, "-m", "pass_ops.start", "slow"])
    process = subprocess.run(
        ["env", "--block-signal=INT", "sh", "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (130, "interrupted\n")


def test_a_module_gets_its_name_and_arguments(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text("import sys\nprint(__name__, sys.argv[1:])\nsys.exit(3)\n")
    process = subprocess.run(
        [sys.executable, "-m", "pass_ops.start", "told", "--data", "x"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout) == (3, "__main__ ['--data', 'x']\n")
