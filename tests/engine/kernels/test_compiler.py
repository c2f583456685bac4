"""What Jittor is not even imported without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pass_ops.engine.kernels.compiler import require_compiler
from pass_ops.errors import ConfigError, StorageError

CLONE = Path(__file__).resolve().parents[3]
# What a stage does, in one line of errors.
IMPORT = """
from pass_ops.engine.stage import one_line_errors
with one_line_errors():
    import pass_ops.engine.jittor
"""


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^no-g\+\+: no such program, .* install it"):
        require_compiler({"cc_path": "no-g++"}, tmp_path)


def test_a_folder_of_kernels_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=rf"^JITTOR_HOME={tmp_path}/file: File exists"):
        require_compiler({"cc_path": "sh"}, tmp_path / "file")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    script = f'mount -t tmpfs -o size=4m tmpfs {tmp_path} || exit 77; exec "$@"'
    process = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", IMPORT],
        cwd=CLONE,
        env=os.environ | {"JITTOR_HOME": str(tmp_path), "PYTHONPATH": str(CLONE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode in (1, 77) and "error: " not in process.stderr:
        pytest.skip(f"this container may not mount: {process.stderr.strip()}")
    assert process.stderr.count("\n") == 1
    assert f"{tmp_path}: " in process.stderr
    assert "512 needed to compile Jittor's kernels" in process.stderr
