"""Tables of image labels on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.kmeans import Clusters
from pass_ops.clustering.labels import CONFIDENCE, DISTANCES, label_table, load_labels, save_labels
from pass_ops.errors import ArtifactError

KEYS = ("a", "b", "c", "d")


@pytest.fixture
def table() -> pd.DataFrame:
    distances = np.random.default_rng(0).random((4, 5), dtype=np.float32)
    clusters = Clusters(
        centroids=np.zeros((5, 2), np.float32),
        assignment=distances.argmin(axis=1),
        distances=distances,
        objectives=(1.0,),
    )
    return label_table(KEYS, clusters, "clustering-1")


def saved(tmp_path: Path, table: pd.DataFrame) -> Path:
    save_labels(tmp_path / "labels.parquet", table)
    return tmp_path / "labels.parquet"


def test_labels_come_back_in_the_order_asked_for(tmp_path: Path, table: pd.DataFrame) -> None:
    path = saved(tmp_path, table)
    loaded = load_labels(path, columns=DISTANCES)
    assert list(loaded.columns) == list(table.columns)
    np.testing.assert_array_equal(np.stack(loaded["distances"]), np.stack(table["distances"]))
    turned = load_labels(path, keys=KEYS[::-1])
    assert list(turned["key"]) == list(KEYS[::-1])
    assert list(turned["label"]) == list(table["label"])[::-1]


def test_missing_and_extra_keys_are_counted_and_one_is_named(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    path = saved(tmp_path, table)
    with pytest.raises(
        ArtifactError,
        match=r"labels.parquet lacks 2 keys \(such as x\) and adds 1 keys \(such as d\)",
    ):
        load_labels(path, keys=("a", "b", "c", "x", "y"))
    with pytest.raises(ArtifactError, match=r"lacks 1 keys \(such as e\) beside the 5 images"):
        load_labels(path, keys=(*KEYS, "e"))
    with pytest.raises(ArtifactError, match=r"adds 2 keys \(such as c\) beside the 2 images"):
        load_labels(path, keys=KEYS[:2])


def test_columns_must_be_there(tmp_path: Path, table: pd.DataFrame) -> None:
    path = saved(tmp_path, table)
    with pytest.raises(ArtifactError, match="has no column confidence, only key, label"):
        load_labels(path, columns=CONFIDENCE)
    with pytest.raises(ArtifactError, match="has no column label, label_space"):
        load_labels(saved(tmp_path, table[["key", "margin"]]))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("margin", np.nan, r"margin of 1 images is not finite \(such as b\)"),
        ("margin", np.inf, "margin of 1 images is not finite"),
        (
            "distances",
            np.float32([0.1, np.nan, 0.2]),
            r"distances of 1 images is not finite \(such as b\)",
        ),
        ("label", np.nan, "label of 1 images is not finite"),
        ("label", -2, "whole numbers from 0, not -2"),
        ("label", 0.5, "whole numbers from 0"),
        ("label_space", "clustering-2", "mixes the label spaces clustering-1 and clustering-2"),
        ("label_space", None, "label_space of 1 images is not finite"),
        ("key", "a", r"lists 1 keys twice \(such as a\)"),
    ],
)
def test_values_that_cannot_be_are_refused(
    tmp_path: Path, table: pd.DataFrame, column: str, value: object, message: str
) -> None:
    values = table[column].tolist()
    values[1] = value
    with pytest.raises(ArtifactError, match=message) as caught:
        load_labels(saved(tmp_path, table.assign(**{column: values})), columns=DISTANCES)
    assert "\n" not in str(caught.value)


def test_what_is_no_table_is_refused(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(ArtifactError, match="is no table of labels"):
        load_labels(tmp_path / "absent.parquet")
    (tmp_path / "text.parquet").write_text("key label\n")
    with pytest.raises(ArtifactError, match="is no table of labels"):
        load_labels(tmp_path / "text.parquet")
    with pytest.raises(ArtifactError, match="lists no images"):
        load_labels(saved(tmp_path, table.iloc[:0]))
