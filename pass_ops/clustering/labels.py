"""Image labels as a table: `labels.parquet` (method 2.2, A4, A5 and A7).

Every table has LABELS; those of a clustering have DISTANCES, those that a classifier inferred have
CONFIDENCE as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.clustering.kmeans import Clusters
from pass_ops.errors import ArtifactError
from pass_ops.storage.atomic import atomic_path

LABELS = ("key", "label", "label_space")
DISTANCES = ("nearest", "distances", "margin")
CONFIDENCE = ("confidence",)
NEAREST = 3


def label_table(keys: tuple[str, ...], clusters: Clusters, label_space: str) -> pd.DataFrame:
    """One row per image.

    Columns: key; label (0-based cluster id); nearest, distances (the closest clusters' ids and
        squared distances,
    ascending); margin (second distance minus first); label_space.
    """
    count = min(NEAREST, clusters.distances.shape[1])
    nearest = np.argsort(clusters.distances, axis=1, kind="stable")[:, :count]
    distances = np.take_along_axis(clusters.distances, nearest, axis=1)
    return pd.DataFrame(
        {
            "key": keys,
            "label": clusters.assignment.astype(np.int32),
            "nearest": list(nearest.astype(np.int32)),
            "distances": list(distances.astype(np.float32)),
            "margin": (distances[:, 1] - distances[:, 0]).astype(np.float32),
            "label_space": label_space,
        }
    )


def save_labels(path: Path, table: pd.DataFrame) -> None:
    """Write the table, whole or not at all."""
    with atomic_path(path) as temporary:
        table.to_parquet(temporary, index=False)


def load_labels(
    path: Path, keys: Sequence[str] | None = None, columns: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Read a table with the columns LABELS and `columns`, and maybe others.

    Args:
        keys: of the images that the table must list, one row each; rows come back in this order.
        columns: that it must have besides LABELS.

    Raises:
        ArtifactError: no such table, or one that is incomplete: see `check_table`.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"{path} is no table of labels ({error}): run the stage that writes it again"
        ) from error
    check_table(table, str(path), (*LABELS, *columns))
    if keys is None:
        return table
    listed, wanted = set(table["key"]), set(keys)
    if listed != wanted:
        differences = {"lacks": sorted(wanted - listed), "adds": sorted(listed - wanted)}
        shown = " and ".join(
            f"{verb} {len(of)} keys (such as {of[0]})" for verb, of in differences.items() if of
        )
        raise ArtifactError(
            f"{path} {shown} beside the {len(wanted)} images used here: label these very images"
        )
    return table.set_index("key").loc[list(keys)].reset_index()[list(table.columns)]


def check_table(table: pd.DataFrame, source: str, columns: tuple[str, ...]) -> None:
    """Refuse a table of labels that cannot be relied on.

    Args:
        source: what to call it in the error.
        columns: that it must have; LABELS among them.

    Raises:
        ArtifactError: columns or rows missing, a key twice, a value that is not finite, labels that
            are not whole numbers from 0, several label spaces.
    """
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise ArtifactError(
            f"{source} has no column {', '.join(absent)}, only {', '.join(table.columns)}: make it again"
        )
    if table.empty:
        raise ArtifactError(f"{source} lists no images: make it again")
    twice = table["key"][table["key"].duplicated()]
    if len(twice):
        raise ArtifactError(
            f"{source} lists {len(twice)} keys twice (such as {twice.iloc[0]}): make it again"
        )
    for name in columns:
        bad = _not_finite(table[name])
        if bad.any():
            raise ArtifactError(
                f"{source}: {name} of {bad.sum()} images is not finite (such as {table['key'][bad].iloc[0]}): make it again"
            )
    if not pd.api.types.is_integer_dtype(table["label"]) or table["label"].min() < 0:
        raise ArtifactError(
            f"{source}: labels must be whole numbers from 0, not {table['label'].min()}: make it again"
        )
    spaces = sorted(set(table["label_space"]))
    if len(spaces) > 1:
        raise ArtifactError(
            f"{source} mixes the label spaces {spaces[0]} and {spaces[1]}: make it again"
        )


def _not_finite(column: pd.Series) -> pd.Series:
    """Which values are null, NaN, infinite, or lists that hold such numbers."""
    if pd.api.types.is_numeric_dtype(column):
        return pd.Series(~np.isfinite(column.to_numpy(dtype=np.float64)), index=column.index)
    if isinstance(column.iloc[0], list | np.ndarray):
        return column.map(lambda values: values is None or not np.isfinite(values).all())
    return column.isna()
