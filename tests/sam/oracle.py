"""A promptable segmenter that knows the answer, more or less (method 16.8)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.data.ids import LabelMap
from pass_ops.sam.box import bounding_box
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb
from pass_ops.sam.low_logits import to_low_logits

Mask = NDArray[np.bool_]


@dataclass
class OracleSegmenter:
    """Answers with perturbed regions of a truth that the caller gives.

    It can be pickled if `truth` can.

    Attributes:
        truth: an image's key → class ids [H, W], 0 for background.
        shift: pixels by which every region is moved, in a direction that depends on the key.
    """

    truth: Callable[[str], LabelMap]
    shift: int = 1
    name = "oracle"

    def set_image(self, key: str, rgb: Rgb) -> None:
        """Look up the truth of an image.

        Args:
            key: names it, and decides the direction of the shift.
            rgb: [H, W, 3], of which only the size counts.
        """
        ids = self.truth(key)
        assert ids.shape == rgb.shape[:2], (key, ids.shape, rgb.shape)
        direction = zlib.crc32(key.encode()) % 4
        offset = (self.shift, 0) if direction < 2 else (0, self.shift)
        offset = offset if direction % 2 else (-offset[0], -offset[1])
        self._regions = _regions(np.roll(ids, offset, axis=(0, 1)))
        self._size = ids.shape

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """The region that the prompt means; a score is the IoU with that region.

        Args:
            prompt: in pixels of the image.
            multimask: also half of the region, and all regions together.
        """
        target = self._target(prompt)
        masks = [target]
        if multimask:
            half = target.copy()
            half[:, : int(np.median(np.nonzero(target)[1])) if target.any() else 0] = False
            masks = [half, target, np.any([*self._regions, target], axis=0)]
        scores = [float((mask & target).sum() / max(1, (mask | target).sum())) for mask in masks]
        logits = [to_low_logits(np.where(mask, 8, -8).astype(np.float32)) for mask in masks]
        return Candidates(np.stack(masks), np.array(scores, np.float32), np.stack(logits))

    def everything(self) -> list[Region]:
        """Every region, and what is left as one more."""
        rest = ~np.any([np.zeros(self._size, bool), *self._regions], axis=0)
        return [
            Region(mask=mask, score=1.0, stability=1.0, box=bounding_box(mask))
            for mask in [*self._regions, rest]
            if mask.any()
        ]

    def _target(self, prompt: Prompt) -> Mask:
        """The region with the largest IoU with the box, else the one at the first inner point."""
        nothing = np.zeros(self._size, bool)
        if not self._regions:
            return nothing
        if prompt.box is not None:
            x_min, y_min, x_max, y_max = (round(float(side)) for side in prompt.box)
            inside = nothing.copy()
            inside[max(0, y_min) : y_max, max(0, x_min) : x_max] = True
            return max(
                self._regions, key=lambda mask: (mask & inside).sum() / (mask | inside).sum()
            )
        for (x, y), label in zip(prompt.points, prompt.point_labels, strict=True):
            for mask in self._regions:
                if label and mask[int(y), int(x)]:
                    return mask
        return nothing


def _regions(ids: LabelMap) -> list[Mask]:
    """The 8-connected components of every class."""
    regions = []
    for number in np.unique(ids[ids > 0]):
        count, components = cv2.connectedComponents(
            (ids == number).astype(np.uint8), connectivity=8
        )
        regions += [np.asarray(components == component) for component in range(1, count)]
    return regions
