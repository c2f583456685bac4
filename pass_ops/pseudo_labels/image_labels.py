"""Image labels and prompt points, as tables that carry their label space."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.inputs import one_label_space


@dataclass(frozen=True)
class ImageLabel:
    """Attributes:
    label: 0-based cluster id, negative for none.
    nearest, distances: cluster ids by ascending squared distance, and the distances; empty where
        the table has none.
    """

    label: int
    nearest: tuple[int, ...] = ()
    distances: tuple[float, ...] = ()


@dataclass(frozen=True)
class ImageLabels:
    """Image labels by key, and the label space of their ids."""

    rows: dict[str, ImageLabel]
    label_space: str

    @classmethod
    def load(cls, path: Path) -> ImageLabels:
        """Read a parquet table with key, label, label_space and, if it has them, nearest and
        distances.

        Raises:
            ArtifactError: it is no such table, or mixes label spaces.
        """
        table = _read(path, ("key", "label", "label_space"))
        spaces = {
            f"{path} ({number})": space
            for number, space in enumerate(table["label_space"].unique())
        }
        count = len(table)
        nearest = table["nearest"] if "nearest" in table else [()] * count
        distances = table["distances"] if "distances" in table else [()] * count
        rows = {
            str(key): ImageLabel(
                int(label), tuple(int(i) for i in near), tuple(float(d) for d in far)
            )
            for key, label, near, far in zip(
                table["key"], table["label"], nearest, distances, strict=True
            )
        }
        return cls(rows, one_label_space(spaces))


def read_points(path: Path) -> dict[str, tuple[int, int]]:
    """(x, y) of every image of a parquet table with key, x, y.

    Raises:
        ArtifactError: it is no such table.
    """
    table = _read(path, ("key", "x", "y"))
    return {
        str(key): (int(x), int(y))
        for key, x, y in zip(table["key"], table["x"], table["y"], strict=True)
    }


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"{path}: not a table ({error}); run the stage that writes it again"
        ) from error
    absent = [name for name in columns if name not in table]
    if absent or table.empty:
        raise ArtifactError(
            f"{path}: has no {', '.join(absent) or 'rows'}; give the table of image labels or of prompts"
        )
    return table
