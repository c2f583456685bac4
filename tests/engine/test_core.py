"""What `make core` runs, and what a command says where Jittor wants a new process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_renewed_compiler_is_one_line_and_no_success(tmp_path: Path) -> None:
    (tmp_path / "jittor.py").write_text("raise SystemExit(0)")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    process = subprocess.run(
        [sys.executable, "-m", "pass_ops.engine.core"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    advice = "Jittor has renewed its compiler and wants a new process; run the same command again"
    assert (process.returncode, process.stderr) == (1, f"error: {advice}\n")
