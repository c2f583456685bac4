"""The choice of the number of clusters as JSON holds it (method 6.7)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pass_ops.storage.contents.records import read_record

BY_CLASSES, BY_SETTINGS, BY_SILHOUETTE = "classes of the data set", "settings", "largest silhouette"
"""What decides, as reports name it."""


@dataclass(frozen=True, kw_only=True)
class CountScores:
    """How well some number of clusters fits.

    Attributes:
        clusters: how many.
        objective: mean squared distance of a descriptor, of length 1, to its centroid.
        silhouette: mean over images, -1..1.
    """

    clusters: int
    objective: float
    silhouette: float


@dataclass(frozen=True, kw_only=True)
class ClusterCurve:
    """Which number of clusters was chosen.

    Attributes:
        chosen: the number.
        by: what decided.
        points: the numbers that were tried, rising; none where there was nothing to choose.
    """

    chosen: int
    by: str
    points: tuple[CountScores, ...] = ()


def load_cluster_curve(path: Path) -> ClusterCurve:
    """Read what `choose_clusters` wrote.

    Raises:
        ArtifactError: it did not.
    """
    return read_record(
        kind=ClusterCurve, path=path, what="choice of clusters", advice="run choose_clusters again"
    )
