"""Accuracy, NMI and coverage of image labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.clustering.labels import LabelTable
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.diagnostics.label_quality import (
    label_accuracy,
    label_quality,
    save_quality,
)
from pass_ops.evaluation.diagnostics.neighbours import cluster_accuracy
from pass_ops.evaluation.files import read_values
from pass_ops.evaluation.report.result import QualityRow
from pass_ops.evaluation.report.tables import quality_table

KEYS = [f"image{number}" for number in range(9)]
TRUTH = dict(zip(KEYS, [1, 1, 1, 2, 2, 2, 3, 3, 3], strict=True))
# Cluster 1 is class 1, 2 is 2, 0 is 3; one image each of classes 1 and 2 is wrong.
LABELS = [1, 1, 2, 2, 2, 0, 0, 0, 0]


def table_of(labels: list[int], keys: list[str] = KEYS) -> LabelTable:
    return LabelTable(pd.DataFrame({"key": keys, "label": labels, "label_space": "clustering-1"}))


def test_a_complete_labelling_is_matched_by_itself() -> None:
    (row,) = label_quality([("clustering 1", table_of(LABELS))], TRUTH, 3)
    assert (row.step, row.images, row.coverage) == ("clustering 1", 9, 1)
    assert row.accuracy == pytest.approx(7 / 9)
    assert 0.4 < row.nmi < 0.9


def test_a_selection_is_judged_by_the_matching_of_what_it_is_selected_from() -> None:
    """Alone, cluster 2's one image of class 1 would make it class 1."""
    selection = table_of([2, 0, 0, 0], [KEYS[2], *KEYS[6:]])
    steps = [
        ("clustering 1", table_of(LABELS)),
        ("selected", selection),
        ("after f", table_of([2, 2, 2, 1, 1, 1, 0, 0, 0])),
    ]
    rows = label_quality(steps, TRUTH, 3)
    assert rows[1].coverage == pytest.approx(4 / 9)
    assert rows[1].accuracy == pytest.approx(3 / 4)
    alone = label_accuracy(labels=np.array([2, 0, 0, 0]), truth=np.array([1, 3, 3, 3]), clusters=3)
    assert alone == 1
    assert rows[2].accuracy == 1
    assert rows[2].nmi == pytest.approx(1)


def test_the_order_of_rows_does_not_matter() -> None:
    table = table_of(LABELS)
    assert label_quality([("a", table)], TRUTH, 3) == label_quality(
        [("a", table.ordered(KEYS[::-1]))], TRUTH, 3
    )


def test_a_selection_that_comes_first_is_matched_by_itself() -> None:
    assert label_quality([("alone", table_of([2, 2], KEYS[:2]))], TRUTH, 3)[0].accuracy == 1


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), min_size=1, max_size=40),
    st.permutations(range(5)),
)
def test_accuracy_is_the_best_matchings_and_names_do_not_matter(
    pairs: list[tuple[int, int]], names: list[int]
) -> None:
    labels, truth = np.array(pairs).T
    accuracy = label_accuracy(labels=labels, truth=truth, clusters=5)
    assert accuracy == cluster_accuracy(labels, truth, 5)
    assert label_accuracy(labels=np.array(names)[labels], truth=truth, clusters=5) == accuracy
    assert accuracy >= max(np.bincount(truth)) / len(truth) / 5


def test_tables_and_files(tmp_path: Path) -> None:
    rows = label_quality(
        [("clustering 1", table_of(LABELS)), ("selected", table_of(LABELS[:4], KEYS[:4]))], TRUTH, 3
    )
    save_quality(tmp_path / "quality.json", rows)
    assert read_values(tuple[QualityRow, ...], tmp_path / "quality.json") == tuple(rows)
    lines = quality_table(rows).markdown().splitlines()
    assert lines[0] == "| step | images | coverage | accuracy | NMI |"
    assert lines[3].startswith("| selected | 4 | 0.444 | 0.750 | ")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            table_of([0, 1], ["image0", "elsewhere"]),
            r"f labels 1 images not in .*\(such as elsewhere\)",
        ),
        (table_of([0, 3], KEYS[:2]), r"label lies in 0\.\.3, not in 0\.\.2"),
    ],
)
def test_labels_of_other_images_or_clusters_are_refused(table: LabelTable, message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        label_quality([("f", table)], TRUTH, 3)
