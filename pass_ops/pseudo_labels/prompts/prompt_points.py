"""The brightest point of each image, as a table: `prompts.parquet`."""

from __future__ import annotations

from pass_ops.clustering.label_columns import read_columns
from pass_ops.errors import ArtifactError
from pass_ops.paths import PromptsPath
from pass_ops.pseudo_labels.prompts.targets import Point
from pass_ops.storage.opening import reading

COLUMNS = ("key", "x", "y")


def load_points(path: PromptsPath) -> dict[str, Point]:
    """(x, y) of every image of a parquet table with key, x, y.

    Raises:
        ArtifactError: it is no such table.
    """
    with reading(path=path, what="table of prompts", advice="run the stage that writes it again"):
        table = read_columns(path)
        absent = [name for name in COLUMNS if name not in table]
        if absent or table.empty:
            raise ArtifactError(
                f"{path} has no {', '.join(absent) or 'rows'}: give the table of prompts"
            )
        return {
            str(key): (int(x), int(y))
            for key, x, y in zip(table["key"], table["x"], table["y"], strict=True)
        }
