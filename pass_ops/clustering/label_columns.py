"""The columns that tables of labels may have, and what each holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pass_ops.storage.contents.tables import read_table

if TYPE_CHECKING:
    import pandas as pd


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_list(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda kind: pa.types.is_list(kind) and of(kind.value_type)


_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("key", "label_space"), ("texts", _is_text)),
    **dict.fromkeys(("given", "repeat", "x", "y"), ("whole numbers", pa.types.is_integer)),
    # `LabelTable` says which labels are no whole numbers: null makes numbers of them.
    **dict.fromkeys(
        ("label", "margin", "confidence", "loss", "score", "weight", "foreground"),
        ("numbers", _is_number),
    ),
    "flip_agrees": ("true and false", pa.types.is_boolean),
    "nearest": ("lists of whole numbers", _is_list(pa.types.is_integer)),
    "distances": ("lists of numbers", _is_list(_is_number)),
}
"""What a column holds, in words, and whether a type of Arrow's is that; others hold anything."""


def read_columns(path: Path) -> pd.DataFrame:
    """The rows of a parquet file, of whose columns each holds what it should.

    Raises:
        OSError, ArrowException: it is none.
        ValueError: a column holds something else, or lists of several lengths.
    """
    table = read_table(path)
    for name, column in zip(table.column_names, table.columns, strict=True):
        words, fits = _KINDS.get(name, ("", lambda _: True))
        if len(table) and not fits(column.type):
            raise ValueError(f"{name} holds {column.type}, not {words}")
        if pa.types.is_list(column.type) and len(pc.unique(pc.list_value_length(column))) > 1:
            raise ValueError(f"{name} holds lists of several lengths")
    return table.to_pandas()


def holds_lists(column: pd.Series) -> bool:
    """Whether the values of a column that has any are lists."""
    return isinstance(column.iloc[0], list | np.ndarray)


def not_finite(column: pd.Series) -> pd.Series:
    """Which values are null, NaN, infinite, or lists that hold such numbers."""
    if column.dtype.kind in "biuf":
        return ~column.between(-np.inf, np.inf, inclusive="neither")
    if holds_lists(column):
        return column.map(lambda values: values is None or not np.isfinite(values).all())
    return column.isna()
