"""A promptable segmenter for tests that knows the answer, more or less (method 16.8)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.frame import to_frame
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb

Mask = NDArray[np.bool_]
Ids = NDArray[np.int32]


@dataclass
class OracleSegmenter:
    """Answers with perturbed regions of a truth that the caller gives; can be pickled if `truth`
    can.

    Attributes:
        truth: an image's key → class ids [H, W], 0 for background.
        shift: pixels by which every region is moved, in a direction that depends on the key.
    """

    truth: Callable[[str], Ids]
    shift: int = 1
    name = "oracle"

    def set_image(self, key: str, rgb: Rgb) -> None:
        """Look up the truth of image `key`."""
        ids = self.truth(key)
        assert ids.shape == rgb.shape[:2], (key, ids.shape, rgb.shape)
        direction = zlib.crc32(key.encode()) % 4
        offset = (self.shift, 0) if direction < 2 else (0, self.shift)
        moved = np.roll(ids, offset if direction % 2 else (-offset[0], -offset[1]), axis=(0, 1))
        self._regions = _regions(moved)
        self._size = ids.shape

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """The region that the prompt means: of the box with the largest IoU, else the one at the
        first inner point.

        With `multimask` also half of it and all regions together; the score is the IoU with the
        region meant.
        """
        meant = self._meant(prompt)
        found = [meant]
        if multimask:
            half = meant.copy()
            half[:, : int(np.median(np.nonzero(meant)[1])) if meant.any() else 0] = False
            found = [half, meant, np.any([*self._regions, meant], axis=0)]
        scores = [float((mask & meant).sum() / max(1, (mask | meant).sum())) for mask in found]
        logits = [to_frame(np.where(mask, 8, -8).astype(np.float32)) for mask in found]
        return Candidates(np.stack(found), np.array(scores, np.float32), np.stack(logits))

    def everything(self) -> list[Region]:
        """Every region, and what is left as one more."""
        rest = ~np.any([np.zeros(self._size, bool), *self._regions], axis=0)
        return [
            Region(mask=mask, score=1.0, stability=1.0, box=_box(mask))
            for mask in [*self._regions, rest]
            if mask.any()
        ]

    def _meant(self, prompt: Prompt) -> Mask:
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


def _regions(ids: Ids) -> list[Mask]:
    """The 8-connected components of every class."""
    found = []
    for number in np.unique(ids[ids > 0]):
        count, components = cv2.connectedComponents(
            (ids == number).astype(np.uint8), connectivity=8
        )
        found += [np.asarray(components == component) for component in range(1, count)]
    return found


def _box(mask: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
