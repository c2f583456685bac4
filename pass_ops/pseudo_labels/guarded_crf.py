"""A dense CRF that an image takes only where enough of its foreground is left (method 10.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.parts.crf import CrfParameters
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.shrinkage import unless_shrunk
from pass_ops.pseudo_labels.dense_crf import dense_crf


@dataclass(frozen=True)
class GuardedCrf:
    """A dense CRF and its guard.

    Attributes:
        parameters: of the field.
        max_shrinkage: largest part of an image's foreground that it may take away, 0..1; where it
            takes more, the image keeps its labels.
    """

    parameters: CrfParameters
    max_shrinkage: float = 1.0

    def __call__(self, rgb: NDArray[np.uint8], labels: LabelMap) -> LabelMap:
        """Labels after the field, or as they were.

        Args:
            rgb: uint8 [H, W, 3].
            labels: int32 [H, W].
        """
        after = dense_crf(rgb, labels, self.parameters)
        return unless_shrunk(before=labels, after=after, most=self.max_shrinkage)
