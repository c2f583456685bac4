"""Tables of a size that fits in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pass_ops.storage.contents import tables
from pass_ops.storage.contents.tables import read_table


def test_a_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"key": ["a"], "label": [3]}), tmp_path / "x.parquet")
    schema = pa.schema([("label", pa.int64())])
    assert read_table(tmp_path / "x.parquet", schema).to_pydict() == {"label": [3]}
    assert read_table(tmp_path / "x.parquet").to_pydict() == {"key": ["a"], "label": [3]}


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        (("other", pa.int64()), "other is missing"),
        (("label", pa.string()), "label holds int64, not string"),
        (("label", pa.int32()), "label holds int64, not int32"),
    ],
)
def test_other_columns_are_refused(tmp_path: Path, field: tuple[str, object], problem: str) -> None:
    pq.write_table(pa.table({"key": ["a"], "label": [3]}), tmp_path / "x.parquet")
    with pytest.raises(ValueError, match=f"^{problem}$"):
        read_table(tmp_path / "x.parquet", pa.schema([field]))


def test_rows_that_are_alike_take_no_room_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"label": np.zeros(tables.MOST_ROWS + 1, np.int8)}), path)
    assert path.stat().st_size < 200_000
    with pytest.raises(ValueError, match=rf"^{tables.MOST_ROWS + 1} rows of \d+ bytes in all"):
        read_table(path)


def test_texts_that_shrink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 2**20)
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"key": ["x" * 2**21]}), path, compression="zstd")
    assert path.stat().st_size < 100_000
    with pytest.raises(ValueError, match=r"^1 rows of \d+ bytes in all, the limits are"):
        read_table(path)
