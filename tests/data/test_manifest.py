"""The table of an artifact in shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pass_ops.data.manifest import read_manifest

SCHEMA = pa.schema([("key", pa.string()), ("shard", pa.string()), ("offset", pa.int64())])
ROWS = [
    {"key": "a", "shard": "x/0.tar", "offset": 0},
    {"key": "b", "shard": "x/0.tar", "offset": 9},
]


def written(folder: Path, change: dict[str, Any]) -> Path:
    """A table whose last row is another one."""
    pq.write_table(pa.Table.from_pylist([ROWS[0], ROWS[1] | change], SCHEMA), folder / "m.parquet")
    return folder / "m.parquet"


def test_rows(tmp_path: Path) -> None:
    assert read_manifest(written(tmp_path, {}), SCHEMA) == ROWS


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"offset": None}, "offset has no value in some rows of m.parquet"),
        ({"key": "a"}, "a key stands in two rows of m.parquet"),
        ({"shard": "../secret"}, r"\.\./secret lies outside the set"),
        ({"shard": "/etc/passwd"}, "/etc/passwd lies outside the set"),
    ],
)
def test_rows_that_cannot_be(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_manifest(written(tmp_path, change), SCHEMA)
