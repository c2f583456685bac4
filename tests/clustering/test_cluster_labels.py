"""The labels of a clustering."""

from __future__ import annotations

import numpy as np

from pass_ops.clustering.cluster_labels import cluster_labels
from tests.clustering.at_distances import clusters_at


def test_a_row_of_the_table_by_hand() -> None:
    distances = np.float32([[0.5, 0.1, 0.9, 0.4], [0.2, 0.2, 0.3, 0.1]])
    table = cluster_labels(("a", "b"), clusters_at(distances), "clustering-1")
    columns = ["key", "label", "nearest", "distances", "margin", "label_space"]
    assert list(table.rows.columns) == columns
    assert (table.keys, table.label_space) == (("a", "b"), "clustering-1")
    assert table.labels.tolist() == [1, 3]
    assert table.column("nearest").tolist() == [[1, 3, 0], [3, 0, 1]]
    np.testing.assert_allclose(
        table.column("distances"), [[0.1, 0.4, 0.5], [0.1, 0.2, 0.2]], rtol=1e-6
    )
    np.testing.assert_allclose(table.column("margin"), [0.3, 0.1], rtol=1e-5)


def test_columns_are_stored_in_few_bytes() -> None:
    rows = cluster_labels(("a",), clusters_at(np.float32([[0.5, 0.1, 0.9]])), "c").rows
    assert (rows["label"].dtype, rows["margin"].dtype) == (np.int32, np.float32)
    assert (rows["nearest"][0].dtype, rows["distances"][0].dtype) == (np.int32, np.float32)


def test_two_clusters_have_two_nearest() -> None:
    table = cluster_labels(("a",), clusters_at(np.float32([[0.5, 0.1]])), "c")
    assert table.column("nearest").tolist() == [[1, 0]]
