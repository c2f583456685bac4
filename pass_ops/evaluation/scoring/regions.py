"""Intersection over union per class of a split (method 15.4)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.scoring.counts import Counts

Ratios = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RegionCounts:
    """Pixels of a split per id 0..K.

    Attributes:
        shared: int64 [K+1], where prediction and truth agree.
        predicted: int64 [K+1], of the prediction.
        actual: int64 [K+1], of the truth.
    """

    shared: Counts
    predicted: Counts
    actual: Counts

    def iou(self) -> Ratios:
        """Float64 [K+1], 0..1; an id that occurs in neither has 0."""
        return self.shared / (self.predicted + self.actual - self.shared + 1e-10)

    def mean(self) -> float:
        """Mean IoU over all K+1 ids: absent ones count as 0, as the benchmark has it."""
        return float(self.iou().mean())

    def mean_over_present(self) -> float:
        """Mean IoU over the ids of the truth, NaN if there are none: as sizes are measured."""
        present = self.actual > 0
        return float(self.iou()[present].mean()) if present.any() else math.nan
