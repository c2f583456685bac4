"""The stage that scores what each step of mask making gains."""

from __future__ import annotations

import json

import pytest

from pass_ops.evaluation.diagnostics.diagnose_masks import diagnose_masks
from pass_ops.evaluation.scoring.metrics import DECOMPOSITION
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.predictions import renamed, write_labels


def test_every_step_is_scored_in_json_table_and_metrics(splits, tmp_path):
    maps = tmp_path / "maps"
    write_labels(maps, {**renamed(splits["validation"].truth), **renamed(splits["test"].truth)})
    metrics = diagnose_masks(
        validation=splits["validation"].truth,
        test=splits["test"].truth,
        steps={"coarse labels": maps, "+ CRF": maps},
        quality=tmp_path / "quality.json",
        markdown=tmp_path / "quality.md",
        tracker=NullTracker(),
    )
    assert list(metrics) == [
        f"{step}/{name}"
        for step in ("coarse_labels", "crf")
        for name in (
            *(f"validation/{name}" for name in ("miou", *DECOMPOSITION)),
            *(f"test/{name}" for name in ("miou", "boundary_miou", "f", *DECOMPOSITION)),
        )
    ]
    assert metrics["crf/test/miou"] == pytest.approx(1)
    rows = json.loads((tmp_path / "quality.json").read_text())
    assert [row["step"] for row in rows] == ["coarse labels", "+ CRF"]
    assert rows[1]["test"]["f"] == metrics["crf/test/f"]
    tables = (tmp_path / "quality.md").read_text()
    assert "| + CRF | 1.000 | 1.000 |" in tables
    # One image of twelve has no object, and no class.
    assert "| + CRF | 1.000 | 1.000 | 1.000 | 0.917 | 0.000 |" in tables
