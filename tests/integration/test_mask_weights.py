"""Mask weights in S3 are looked for in a run's first task, long before masks are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ArtifactError, StorageError
from pass_ops.sam.fetch import FILES, require_weights
from pass_ops.stages.resolution import resolve_config
from pass_ops.storage.s3 import upload

pytestmark = pytest.mark.usefixtures("s3_settings")
WEIGHTS = "s3://pass-data/weights"


def test_a_prefix_must_hold_the_files_of_the_back_end(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("{}")
    with pytest.raises(ArtifactError, match=f"^{WEIGHTS}/onnx: lacks encoder.onnx and decoder"):
        require_weights("onnx", f"{WEIGHTS}/onnx")
    for name in FILES["onnx"]:
        upload(file, f"{WEIGHTS}/onnx/{name}")
    require_weights("onnx", f"{WEIGHTS}/onnx")
    require_weights("onnx", f"{WEIGHTS}/onnx/")
    for name in FILES["sam"]:
        upload(file, f"{WEIGHTS}/sam/{name}")
    with pytest.raises(ArtifactError, match=f"^{WEIGHTS}/sam: not Segment Anything's weights"):
        require_weights("sam", f"{WEIGHTS}/sam")


def test_a_bucket_that_is_not_there_is_named() -> None:
    with pytest.raises(StorageError, match="there is no bucket nowhere"):
        require_weights("onnx", "s3://nowhere/weights")


def test_the_first_task_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        resolve_config(
            data_uri="s3://pass-data/set",
            model_uri="",
            profile="smoke",
            overrides={},
            seed=31,
            compat="fixed",
            mask_back_end="",
            mask_weights=f"{WEIGHTS}/missing",
            run_name="",
        )
    assert capsys.readouterr().err == (
        f"error: {WEIGHTS}/missing: lacks model.json and model.safetensors; "
        "give the mask weights of back end sam\n"
    )
