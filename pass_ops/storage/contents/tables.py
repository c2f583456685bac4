"""Parquet files of earlier stages and of strangers, of a size that fits in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pass_ops.storage.opening import regular_file

MOST_ROWS = 2**25
"""Of a table of images; a file of some bytes may have billions that are alike."""

MOST_BYTES = 2**32
"""Of a table's columns as they are stored but for their compression."""


def read_table(path: Path, schema: Any = None) -> Any:
    """The table in a parquet file.

    Args:
        path: of the file.
        schema: columns that it must have, of these very types, and no others are read; None for all
            that there are.

    Raises:
        OSError, ArrowException: there is none.
        ValueError: a column is missing or of another type, or it would take the memory of others.
    """
    with pq.ParquetFile(regular_file(path)) as file:
        about = file.metadata
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        if about.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise ValueError(
                f"{about.num_rows} rows of {size} bytes in all, the limits are {MOST_ROWS} and "
                f"{MOST_BYTES} (pass_ops/storage/contents/tables.py)"
            )
        # Filters of PyArrow 25.0.1 look at statistics in a thread, where damaged ones end the
        # process or hang it.
        table = file.read()
    if schema is None:
        return table
    for field in schema:
        if field.name not in table.column_names:
            raise ValueError(f"{field.name} is missing")
        if table[field.name].type != field.type:
            raise ValueError(f"{field.name} holds {table[field.name].type}, not {field.type}")
    return table.select(schema.names)
