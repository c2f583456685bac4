"""The table of an artifact in shards: where the bytes of each image are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pass_ops.data.shards import require_inside
from pass_ops.storage.contents.tables import read_table


def read_manifest(path: Path, schema: Any) -> list[dict[str, Any]]:
    """The rows of a parquet file.

    Args:
        path: of the file.
        schema: that it has, with the columns `key` and `shard`.

    Raises:
        OSError, ArrowException: there is no such table.
        ValueError: a value is missing, a key stands in two rows, or a shard lies outside the
            artifact.
    """
    table = read_table(path, schema)
    for name in schema.names:
        if table[name].null_count:
            raise ValueError(f"{name} has no value in some rows of {path.name}")
    rows: list[dict[str, Any]] = table.to_pylist()
    for shard in {row["shard"] for row in rows}:
        require_inside(shard)
    if len({row["key"] for row in rows}) < len(rows):
        raise ValueError(f"a key stands in two rows of {path.name}")
    return rows
