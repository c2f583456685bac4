"""Where checkpoints are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.representation import PretrainConfig
from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.place import PLACE, checkpoints_of
from pass_ops.errors import StorageError


def of(output: Path) -> Checkpoints:
    return checkpoints_of(
        stage="pretrain", config=PretrainConfig(), keys=["a"], artifacts=[], output=output
    )


def test_they_lie_beside_the_output_unless_a_place_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PLACE, raising=False)
    checkpoints = of(tmp_path / "weights")
    assert checkpoints.folder == tmp_path / ".checkpoints" / checkpoints.identity.prefix
    assert checkpoints.place == str(checkpoints.folder)


def test_a_named_folder_is_the_same_for_all_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLACE, str(tmp_path / "named"))
    first, second = (of(tmp_path / run / "weights") for run in ("one", "two"))
    assert first.folder == second.folder == tmp_path / "named" / first.identity.prefix


def test_in_s3_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLACE, "s3://bucket/checkpoints/")
    first, second = (of(tmp_path / run / "weights") for run in ("one", "two"))
    assert first.place == second.place == f"s3://bucket/checkpoints/{first.identity.prefix}"
    assert first.folder != second.folder


def test_no_other_address_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLACE, "gs://bucket/checkpoints")
    with pytest.raises(StorageError, match="neither a folder nor an address in S3"):
        of(tmp_path / "weights")
