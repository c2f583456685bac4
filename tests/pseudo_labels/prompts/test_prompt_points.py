"""The table of prompt points."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.prompts.prompt_points import load_points

ROWS = pd.DataFrame({"key": ["a", "b"], "x": [3, 0], "y": [1, 9]})


def test_points_are_column_and_row(tmp_path: Path) -> None:
    ROWS.assign(label=0).to_parquet(tmp_path / "prompts.parquet")
    assert load_points(tmp_path / "prompts.parquet") == {"a": (3, 1), "b": (0, 9)}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS.drop(columns=["x", "y"]), r"prompts\.parquet has no x, y: give"),
        (ROWS.iloc[:0], r"prompts\.parquet has no rows"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, rows: pd.DataFrame, message: str) -> None:
    rows.to_parquet(tmp_path / "prompts.parquet")
    with pytest.raises(ArtifactError, match=message):
        load_points(tmp_path / "prompts.parquet")


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prompts.parquet").write_bytes(b"no table")
    with pytest.raises(ArtifactError, match="holds no table of prompts"):
        load_points(tmp_path / "prompts.parquet")
