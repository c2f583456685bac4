"""Columns of tables of labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pass_ops.clustering.label_columns import read_columns


def table(path: Path, **columns: Any) -> Path:
    """A parquet file of some columns."""
    pq.write_table(pa.table(columns), path)
    return path


def test_columns_that_hold_what_they_should(tmp_path: Path) -> None:
    path = table(
        tmp_path / "x.parquet",
        key=["a", "b"],
        label=[0, 1],
        distances=[[0.5, 1.0], [2.0, 3.0]],
        flip_agrees=[True, False],
        other=[{"x": 1}, None],
    )
    assert read_columns(path)["distances"][1].tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("key", [1, 2], "key holds int64, not texts"),
        ("given", [0.0, 1.0], "given holds double, not whole numbers"),
        ("confidence", ["0.5", "1"], "confidence holds string, not numbers"),
        ("flip_agrees", [0, 1], "flip_agrees holds int64, not true and false"),
        ("distances", [0.5, 1.0], "distances holds double, not lists of numbers"),
        ("distances", [[0.5], [0.5, 1.0]], "distances holds lists of several lengths"),
    ],
)
def test_what_a_column_holds_else_is_named(
    tmp_path: Path, name: str, values: list[Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=r"^") as raised:
        read_columns(table(tmp_path / "x.parquet", **{name: values}))
    assert str(raised.value) == problem
