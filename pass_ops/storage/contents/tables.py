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


def read_table(path: Path, **options: Any) -> Any:
    """The table in a parquet file.

    Args:
        path: of the file.
        options: of PyArrow's function.

    Raises:
        OSError, ArrowException: there is none.
        ValueError: it would take the memory of others.
    """
    path = regular_file(path)
    with pq.ParquetFile(path) as file:
        about = file.metadata
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        if about.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise ValueError(
                f"{about.num_rows} rows of {size} bytes in all, the limits are {MOST_ROWS} and "
                f"{MOST_BYTES} (pass_ops/storage/contents/tables.py)"
            )
    return pq.read_table(path, **options)
