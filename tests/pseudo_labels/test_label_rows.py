"""Rows of a table of labels by key."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pass_ops.clustering.labels import NO_LABEL, LabelTable
from pass_ops.pseudo_labels.label_rows import LabelRow, label_rows

ROWS = pd.DataFrame({"key": ["a", "b"], "label": [3, NO_LABEL], "label_space": "clustering-1"})


def test_a_table_without_distances_has_labels_only() -> None:
    rows = label_rows(LabelTable(ROWS, least=NO_LABEL))
    assert rows == {"a": LabelRow(3), "b": LabelRow(NO_LABEL)}


def test_nearest_clusters_come_with_their_distances() -> None:
    table = ROWS.assign(
        nearest=list(np.int32([[3, 1], [0, 2]])), distances=list(np.float32([[0.5, 1], [0, 0.25]]))
    )
    rows = label_rows(LabelTable(table, least=NO_LABEL))
    assert rows["a"] == LabelRow(3, (3, 1), (0.5, 1.0))
    assert rows["b"].distances == (0.0, 0.25)
