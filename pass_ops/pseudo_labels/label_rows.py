"""Image labels by key, with the clusters that come next: what an image is prompted for."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.clustering.labels import LabelTable
from pass_ops.errors import ArtifactError


@dataclass(frozen=True)
class LabelRow:
    """What a table of labels says of one image.

    Attributes:
        label: 0-based cluster id, negative for none.
        nearest, distances: cluster ids by ascending squared distance, and the distances; empty
            where the table has none.
    """

    label: int
    nearest: tuple[int, ...] = ()
    distances: tuple[float, ...] = ()


def label_rows(table: LabelTable) -> dict[str, LabelRow]:
    """The rows of a table by key.

    Raises:
        ArtifactError: distances that are not finite, or of more or fewer clusters than are named.
    """
    nothing: list[tuple[()]] = [()] * len(table)
    nearest, distances = (
        table.column(name).tolist() if name in table else nothing
        for name in ("nearest", "distances")
    )
    if {len(ids) for ids in nearest} != {len(near) for near in distances}:
        raise ArtifactError(
            f"{table.source}: nearest and distances are of different lengths: make it again"
        )
    return {
        key: LabelRow(label, tuple(ids), tuple(near))
        for key, label, ids, near in zip(
            table.keys, table.labels.tolist(), nearest, distances, strict=True
        )
    }
