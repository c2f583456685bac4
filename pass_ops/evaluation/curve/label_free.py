"""A threshold without any label: where image and mirror image agree best (method 24.13)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.curve.attention_histogram import PERCENTS, percents
from pass_ops.evaluation.scoring.counts import Counts


class MirrorAgreement:
    """Counts, over all images, the pixels of each (percent, percent in the mirror image)."""

    def __init__(self) -> None:
        self._pixels: Counts = np.zeros((101, 101), dtype=np.int64)

    def add(self, attention: npt.NDArray[np.float32], mirrored: npt.NDArray[np.float32]) -> None:
        """Add an image.

        Args:
            attention: float32 [H, W], 0..1, of the image.
            mirrored: the same of the mirrored image, not mirrored back.
        """
        codes = percents(attention).astype(np.int32) * 101 + percents(mirrored)[:, ::-1]
        self._pixels += np.bincount(codes.ravel(), minlength=101 * 101).reshape(101, 101)

    def kappas(self) -> npt.NDArray[np.float64]:
        """Cohen's kappa of what is foreground at each percent, float64 [101], up to 1.

        Plain agreement would be best where everything is foreground, or nothing: kappa is 0 there.
        """
        total = self._pixels.sum()
        # Sums from the top: what is foreground at t percent has attention of t percent or more.
        both = self._pixels[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1].diagonal() / total
        one = self._pixels.sum(axis=1)[::-1].cumsum()[::-1] / total
        other = self._pixels.sum(axis=0)[::-1].cumsum()[::-1] / total
        agreement = 1 - one - other + 2 * both
        chance = one * other + (1 - one) * (1 - other)
        return np.where(chance < 1, (agreement - chance) / np.maximum(1 - chance, 1e-12), 0.0)

    def best_percent(self, least: int, most: int) -> int:
        """The percent with the largest agreement, the lowest of equals.

        Args:
            least, most: the percents to look among, both included.
        """
        kappas = self.kappas()
        return max(
            PERCENTS[least : most + 1].tolist(), key=lambda percent: (kappas[percent], -percent)
        )
