"""The stage that compares image labels with class folders."""

from __future__ import annotations

import pandas as pd
import pytest

from pass_ops.clustering.labels import LabelTable
from pass_ops.evaluation.diagnostics.diagnose_labels import diagnose_labels
from pass_ops.evaluation.files import read_values
from pass_ops.evaluation.report.result import QualityRow
from pass_ops.tracking.tracker import NullTracker


def test_every_step_is_judged_in_json_table_and_metrics(splits, tmp_path):
    truth = splits["validation"].truth
    # Clusters are the classes under other names; the selection is every other image.
    labels = [truth.label(key) % 6 for key in truth.keys]
    table = pd.DataFrame({"key": truth.keys, "label": labels, "label_space": "clustering-1"})
    LabelTable(table).save(tmp_path / "all.parquet")
    LabelTable(table[::2].reset_index(drop=True)).save(tmp_path / "half.parquet")
    metrics = diagnose_labels(
        truth=truth,
        steps={"clustering 1": tmp_path / "all.parquet", "selected": tmp_path / "half.parquet"},
        quality=tmp_path / "quality.json",
        markdown=tmp_path / "quality.md",
        tracker=NullTracker(),
    )
    assert metrics == pytest.approx(
        {
            "clustering_1/train/accuracy": 1,
            "clustering_1/train/nmi": 1,
            "clustering_1/train/coverage": 1,
            "selected/train/accuracy": 1,
            "selected/train/nmi": 1,
            "selected/train/coverage": 0.5,
        }
    )
    assert [row.step for row in read_values(tuple[QualityRow, ...], tmp_path / "quality.json")] == [
        "clustering 1",
        "selected",
    ]
    assert "| selected | 6 | 0.500 | 1.000 | 1.000 |" in (tmp_path / "quality.md").read_text()
