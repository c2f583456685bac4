"""What a stage has imported when its own work begins; `benchmarks/stage_start.py` has seconds."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import pass_ops.stages  # noqa: F401  It declares them.
from benchmarks.stage_start import SCRIPT, imports_of
from pass_ops.stages.declaration import DECLARATIONS

# Each takes from a tenth of a second to more than one.
LIBRARIES = {"jittor", "minio", "mlflow", "onnx", "onnxruntime", "sklearn"}
OTHERS = {"cv2", "pandas", "pyarrow", "scipy"}
POST = [one.stage for one in DECLARATIONS.values() if one.stage_class == "post"]


@pytest.mark.parametrize(
    ("script", "unwanted"),
    [
        (SCRIPT, LIBRARIES | OTHERS),
        ("\n".join((SCRIPT, *(line for stage in POST for line in imports_of(stage)))), LIBRARIES),
        ("import pass_ops.cli", LIBRARIES | OTHERS),
    ],
    ids=["any stage", "stages that need no network", "the command line"],
)
def test_what_is_not_needed_is_not_imported(script: str, unwanted: set[str]) -> None:
    process = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys; print(*sys.modules)"],
        env=os.environ | {"_KFP_RUNTIME": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = {name.partition(".")[0] for name in process.stdout.split()}
    assert "pass_ops" in modules
    assert modules & unwanted == set()
