"""Which uses of a stage have shards in common."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from pass_ops.config.masks import CrfConfig
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.paths import CoarseMapsPath, LabelMapsPath, PointerPath
from pass_ops.stages.masks import ApplyCrf
from pass_ops.stages.shards import shards_of

POINTER = DatasetPointer(uri="/one", digest="d" * 64, categories=6, counts={"train": 4})


@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.delenv(PLACE, raising=False)
    POINTER.save(PointerPath(tmp_path / "dataset.json"))
    (tmp_path / "coarse").mkdir()
    (tmp_path / "coarse" / "meta.json").write_text("{}")
    return {
        "dataset": PointerPath(tmp_path / "dataset.json"),
        "coarse_maps": CoarseMapsPath(LabelMapsPath(tmp_path / "coarse")),
        "config": CrfConfig(),
    }


def prefix(values: dict[str, Any], folder: str = "one") -> str:
    with shards_of(ApplyCrf(**values), values["dataset"].parent / folder / "maps") as shards:
        return shards.identity.prefix


def test_equal_uses_have_the_same_whatever_run_they_are_of(values: dict[str, Any]) -> None:
    before = prefix(values)
    assert before.startswith("apply_crf/")
    # The same set elsewhere, more processes, another place for the output.
    dataclasses.replace(POINTER, uri="s3://two").save(values["dataset"])
    values["config"] = CrfConfig(processes=7)
    assert prefix(values, "two") == before


def test_another_setting_set_or_input_has_others(values: dict[str, Any]) -> None:
    prefixes = {
        prefix(values),
        prefix(values | {"config": CrfConfig(iterations=3)}),
    }
    dataclasses.replace(POINTER, digest="e" * 64).save(values["dataset"])
    prefixes.add(prefix(values))
    (values["coarse_maps"] / "meta.json").write_text('{"label_space": "clustering-2"}')
    prefixes.add(prefix(values))
    assert len(prefixes) == 4


def test_nothing_is_left_beside_the_output(values: dict[str, Any], tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    prefix(values, ".")
    assert sorted(tmp_path.rglob("*")) == before
