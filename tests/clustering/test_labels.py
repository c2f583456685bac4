"""Tables of image labels: what they refuse, and that they come back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pass_ops.clustering.labels import CONFIDENCE, DISTANCES, LABELS, NO_LABEL, LabelTable
from pass_ops.errors import ArtifactError

KEYS = ("a", "b", "c", "d")
ROWS = pd.DataFrame(
    {
        "key": KEYS,
        "label": np.int32([2, 0, 1, 2]),
        "nearest": list(np.int32([[2, 0], [0, 1], [1, 2], [2, 1]])),
        "distances": list(np.float32([[0.1, 0.4], [0.2, 0.3], [0.0, 0.9], [0.5, 0.5]])),
        "margin": np.float32([0.3, 0.1, 0.9, 0.0]),
        "label_space": "clustering-1",
    }
)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Rows of images with and without the columns that a table may have."""
    keys = draw(st.lists(st.text("0123456789abcdef", min_size=1), min_size=1, unique=True))
    count = len(keys)
    # Jittor, once imported, makes the processor round subnormal numbers to zero.
    values = st.floats(0, 4, width=32, allow_subnormal=False)
    optional = {
        "confidence": st.lists(values, min_size=count, max_size=count),
        "repeat": st.lists(st.integers(1, 3), min_size=count, max_size=count),
        "distances": st.lists(
            st.lists(values, min_size=3, max_size=3), min_size=count, max_size=count
        ),
    }
    columns = draw(st.sets(st.sampled_from(sorted(optional))))
    labels = draw(st.lists(st.integers(0, 918), min_size=count, max_size=count))
    return pd.DataFrame(
        {
            "key": keys,
            "label": np.int32(labels),
            **{name: draw(optional[name]) for name in sorted(columns)},
            "label_space": draw(st.text("abc-", min_size=1)),
        }
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.randoms())
def test_a_table_comes_back_and_takes_any_order(
    tmp_path: Path, rows: pd.DataFrame, random: st.DataObject
) -> None:
    path = tmp_path / "labels.parquet"
    table = LabelTable(rows)
    table.save(path)
    loaded = LabelTable.load(path)
    assert loaded.source == str(path)
    assert (loaded.keys, loaded.label_space) == (tuple(rows["key"]), rows["label_space"][0])
    assert list(loaded.rows.columns) == list(rows.columns)
    for name in rows.columns.difference(LABELS):
        np.testing.assert_array_equal(loaded.column(name), table.column(name))
    order = random.sample(range(len(rows)), len(rows))
    turned = loaded.ordered([rows["key"][place] for place in order])
    assert len(turned) == len(rows)
    assert turned.labels.tolist() == rows["label"][order].tolist()
    for name in rows.columns.difference(LABELS):
        np.testing.assert_array_equal(turned.column(name), table.column(name)[order])


def test_the_bytes_are_those_of_the_rows(tmp_path: Path) -> None:
    LabelTable(ROWS).save(tmp_path / "labels.parquet")
    ROWS.to_parquet(tmp_path / "plain.parquet", index=False)
    expected = (tmp_path / "plain.parquet").read_bytes()
    assert (tmp_path / "labels.parquet").read_bytes() == expected


def test_columns_as_arrays() -> None:
    table = LabelTable(ROWS)
    assert table.labels.dtype == np.int64
    assert table.labels.tolist() == [2, 0, 1, 2]
    assert table.column("distances").shape == (4, 2)
    assert "margin" in table
    assert "confidence" not in table
    with pytest.raises(ArtifactError, match="has no column confidence"):
        table.column("confidence")


def test_images_count_once_unless_the_table_says_otherwise() -> None:
    assert LabelTable(ROWS).repeats.tolist() == [1, 1, 1, 1]
    repeated = LabelTable(ROWS.assign(repeat=np.int32([1, 2, 1, 3])), "selected.parquet")
    assert repeated.repeats.tolist() == [1, 2, 1, 3]
    with pytest.raises(ArtifactError, match=r"selected.parquet: repeat is 0"):
        _ = LabelTable(ROWS.assign(repeat=0), "selected.parquet").repeats


def test_missing_and_extra_keys_are_counted_and_one_is_named() -> None:
    table = LabelTable(ROWS, "labels.parquet")
    with pytest.raises(
        ArtifactError,
        match=r"labels.parquet lacks 2 keys \(such as x\) and adds 1 keys \(such as d\)",
    ):
        table.ordered(("a", "b", "c", "x", "y"))
    with pytest.raises(ArtifactError, match=r"lacks 1 keys \(such as e\) beside the 5 images"):
        table.ordered((*KEYS, "e"))
    with pytest.raises(ArtifactError, match=r"adds 2 keys \(such as c\) beside the 2 images"):
        table.ordered(KEYS[:2])


def test_columns_must_be_there() -> None:
    with pytest.raises(ArtifactError, match="has no column confidence, only key, label"):
        LabelTable(ROWS).require(*CONFIDENCE)
    with pytest.raises(ArtifactError, match="has no column label, label_space"):
        LabelTable(ROWS[["key", "margin"]])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("margin", np.nan, r"margin of 1 images is not finite \(such as b\)"),
        ("margin", np.inf, "margin of 1 images is not finite"),
        (
            "distances",
            np.float32([0.1, np.nan]),
            r"distances of 1 images is not finite \(such as b\)",
        ),
        ("label", np.nan, "label of 1 images is not finite"),
        ("label", -2, "whole numbers from 0, not -2"),
        ("label", 0.5, "whole numbers from 0"),
        ("label_space", "clustering-2", "mixes the label spaces clustering-1 and clustering-2"),
        ("label_space", None, "label_space of 1 images is not finite"),
        ("key", "a", r"lists 1 keys twice \(such as a\)"),
        ("key", None, "key of 1 images is not finite"),
    ],
)
def test_values_that_cannot_be_are_refused(
    tmp_path: Path, column: str, value: object, message: str
) -> None:
    values = ROWS[column].tolist()
    values[1] = value
    ROWS.assign(**{column: values}).to_parquet(tmp_path / "labels.parquet")
    with pytest.raises(ArtifactError, match=message) as caught:
        LabelTable.load(tmp_path / "labels.parquet").require(*DISTANCES)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "labels.parquet"))


def test_images_may_lack_a_label_where_it_is_allowed() -> None:
    rows = ROWS.assign(label=[2, NO_LABEL, 1, 0])
    assert LabelTable(rows, least=NO_LABEL).ordered(KEYS[::-1]).labels.tolist() == [0, 1, -2, 2]
    with pytest.raises(ArtifactError, match="whole numbers from -2, not -3"):
        LabelTable(rows.assign(label=-3), least=NO_LABEL)


@pytest.mark.parametrize("column", ["label", "given"])
def test_labels_must_be_of_the_clusters(column: str) -> None:
    table = LabelTable(ROWS.assign(given=ROWS["label"], label=0), "labels.parquet")
    if column == "label":
        table = LabelTable(ROWS, "labels.parquet")
    assert table.require_clusters(3, column) is table
    with pytest.raises(
        ArtifactError, match=rf"labels.parquet: {column} lies in 0\.\.2, not in 0\.\.1"
    ):
        table.require_clusters(2, column)
    with pytest.raises(ArtifactError, match=r"given lies in -1\.\.-1, not in 0\.\.2"):
        LabelTable(ROWS.assign(given=-1)).require_clusters(3, "given")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="holds no table of labels"):
        LabelTable.load(tmp_path / "absent.parquet")
    (tmp_path / "text.parquet").write_text("key label\n")
    with pytest.raises(ArtifactError, match="holds no table of labels"):
        LabelTable.load(tmp_path / "text.parquet")
    with pytest.raises(ArtifactError, match="lists no images"):
        LabelTable(ROWS.iloc[:0])
