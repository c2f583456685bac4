"""One-to-one matching of clusters to classes (method 15.2, 15.3).

The benchmark counts images in which cluster and class both occur, anywhere. Of matchings with the
same total the one with more shared pixels is taken, and of those that are still equal the one that
gives lower clusters the lower classes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from munkres import Munkres

from pass_ops.clustering.assignment import largest_assignment
from pass_ops.data.ids import LabelMap
from pass_ops.errors import DataError
from pass_ops.evaluation.scoring.counts import Counts
from pass_ops.evaluation.scoring.match_file import read_match
from pass_ops.paths import MatchingPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of

Solver = Literal["scipy", "munkres"]


@dataclass(frozen=True)
class Matching:
    """A permutation of the classes.

    Attributes:
        classes: `classes[i]` is the class (1..K) of pixel label i+1, which is cluster i.
        name: what errors call it: its file.

    Raises:
        DataError: `classes` is not a permutation of 1..K.
    """

    classes: tuple[int, ...]
    name: str = field(default="matching", compare=False, repr=False)

    def __post_init__(self) -> None:
        if sorted(self.classes) != list(range(1, len(self.classes) + 1)):
            raise DataError(
                f"matching {self.classes} is not a permutation of 1..{len(self.classes)}: "
                "match again"
            )

    @classmethod
    def identity(cls, classes: int) -> Matching:
        """Of labels 1..K that are classes already, or clusters of a set without classes.

        Args:
            classes: K.
        """
        return cls(tuple(range(1, classes + 1)))

    def apply(self, labels: LabelMap) -> LabelMap:
        """Turn pixel labels (int32, 0..K, 0 stays 0) into classes, same shape."""
        return np.array((0, *self.classes), dtype=np.int32)[labels]

    def plain(self) -> dict[str, int]:
        """What match.json holds: `{"1": class, ..., "K": class, "0": 0}` (method 15.3)."""
        return {str(label): cls for label, cls in enumerate(self.classes, start=1)} | {"0": 0}

    def json(self) -> str:
        """The text of match.json."""
        return json.dumps(self.plain(), indent=1) + "\n"

    def save(self, path: Path) -> None:
        """Write match.json."""
        with atomic_path(path, form_of(MatchingPath)) as part:
            part.write_text(self.json())

    @classmethod
    def load(cls, path: Path) -> Matching:
        """Read match.json.

        Raises:
            DataError: the file is not one, or does not hold a permutation.
        """
        return cls(read_match(path), str(path))

    def require(self, classes: int) -> None:
        """Refuse to rename clusters to other classes than a data set has.

        Args:
            classes: number of its classes K.

        Raises:
            DataError: the matching has more, or fewer.
        """
        if len(self.classes) != classes:
            raise DataError(
                f"{self.name} has {len(self.classes)} classes, data set has {classes}: "
                "match on this data set"
            )


def match(images: Counts, pixels: Counts, solver: Solver = "scipy") -> Matching:
    """Find the permutation with the largest total co-occurrence (method 15.2).

    Args:
        images: int64 [K, K], images in which cluster i (row) and class j (column) both occur.
        pixels: int64 [K, K], pixels they share.
        solver: "scipy" breaks ties by the larger total of shared pixels, then gives lower clusters
            the lower classes; "munkres" is for `compat: reference`: co-occurrence alone, ties as
            that package leaves them. Slow.
    """
    if solver == "munkres":
        pairs = Munkres().compute((-images.T).tolist())
        classes = {cluster: cls for cls, cluster in pairs}
        return Matching(tuple(classes[cluster] + 1 for cluster in range(len(images))))
    ranked = images * (int(pixels.sum()) + 1) + pixels
    return Matching(tuple(int(cls) + 1 for cls in largest_assignment(ranked)))


def match_by_iou(pixels: Counts, predicted: Counts, actual: Counts) -> Matching:
    """Find the permutation with the largest total IoU, which is not the benchmark's.

    Args:
        pixels: int64 [K, K], pixels that cluster i (row) and class j (column) share.
        predicted, actual: int64 [K] each, pixels of each cluster and of each class.
    """
    union = predicted[:, None] + actual[None] - pixels
    # Whole numbers, for the rule on ties; 919 of them stay below 2**53.
    gain = np.round(pixels / np.maximum(union, 1) * 1e12).astype(np.int64)
    return Matching(tuple(int(cls) + 1 for cls in largest_assignment(gain)))
