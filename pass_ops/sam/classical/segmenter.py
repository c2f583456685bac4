"""A promptable segmenter without weights: saliency, GrabCut, colour regions (method 16.8).

Learns nothing and has seen no labels, so that what uses it may still be called unsupervised. The
same image and prompt give the same masks.
"""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.box import Box
from pass_ops.sam.classical.colour_regions import colour_regions
from pass_ops.sam.classical.components import main_components
from pass_ops.sam.classical.grabcut import features_of, grabcut
from pass_ops.sam.classical.prior import object_prior
from pass_ops.sam.classical.saliency import saliency
from pass_ops.sam.classical.score import mask_score
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb
from pass_ops.sam.low_logits import to_low_logits

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

SIDE = 160
"""Longer side in pixels of the copy of the image that is worked on."""

LEVELS = (0.65, 0.45, 0.25)
"""Part of the prior's range above which a pixel starts as object: part, object, whole."""


class ClassicalSegmenter:
    """Segments by colour what a box or a point shows. It can be pickled."""

    name = "classical"

    def set_image(self, key: str, rgb: Rgb) -> None:
        """Make an image the one that prompts refer to.

        Args:
            key: seeds the image's random numbers.
            rgb: [H, W, 3].
        """
        self._height, self._width = rgb.shape[:2]
        self._seed = zlib.crc32(key.encode()) & 0x7FFFFFFF
        scale = min(1.0, SIDE / max(rgb.shape[:2]))
        size = (max(1, round(self._width * scale)), max(1, round(self._height * scale)))
        self._rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        self._features = features_of(self._rgb)
        self._saliency: Field | None = None

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Masks that answer a prompt, with scores of `mask_score`.

        Args:
            prompt: in pixels of the image.
            multimask: part, object and whole instead of the object alone.
        """
        if self._saliency is None:
            # Takes as long as all the rest, and only prompts need it.
            self._saliency = saliency(self._rgb)
        box = self._box(prompt)
        prior = object_prior(self._saliency, box, prompt.mask_logits)
        points = self._points(prompt)
        masks = [
            self._segment(points=points, box=box, prior=prior, level=level)
            for level in (LEVELS if multimask else LEVELS[1:2])
        ]
        scores = [mask_score(self._features, mask, prior) for mask in masks]
        # Half of the logit is the mask, half the prior: a second pass can still move the outline.
        low_logits = [
            to_low_logits((8 * (mask - 0.5) + 8 * (prior - 0.5)).astype(np.float32))
            for mask in masks
        ]
        return Candidates(
            np.stack([self._enlarge(mask) for mask in masks]),
            np.array(scores, np.float32),
            np.stack(low_logits),
        )

    def everything(self) -> list[Region]:
        """Regions of even colour at several scales, best first."""
        return colour_regions(self._rgb, (self._height, self._width))

    def _box(self, prompt: Prompt) -> Box:
        """The prompt's box in the working copy, at least a pixel large; without one, all of it."""
        height, width = self._rgb.shape[:2]
        if prompt.box is None:
            return 0, 0, width, height
        x_scale, y_scale = width / self._width, height / self._height
        x_min, y_min = int(prompt.box[0] * x_scale), int(prompt.box[1] * y_scale)
        x_min, y_min = min(max(x_min, 0), width - 1), min(max(y_min, 0), height - 1)
        x_max, y_max = int(np.ceil(prompt.box[2] * x_scale)), int(np.ceil(prompt.box[3] * y_scale))
        return x_min, y_min, min(max(x_max, x_min + 1), width), min(max(y_max, y_min + 1), height)

    def _points(self, prompt: Prompt) -> list[tuple[int, int, bool]]:
        """x, y in the working copy, and whether the point is inside the object, of every point."""
        height, width = self._rgb.shape[:2]
        return [
            (
                min(max(int(x * width / self._width), 0), width - 1),
                min(max(int(y * height / self._height), 0), height - 1),
                bool(label),
            )
            for (x, y), label in zip(prompt.points, prompt.point_labels, strict=True)
        ]

    def _segment(
        self, *, points: list[tuple[int, int, bool]], box: Box, prior: Field, level: float
    ) -> Mask:
        """One mask of the working copy, bool [h, w].

        Args:
            points: x, y, and whether it is inside the object.
            box: outside it nothing is object.
            prior: [h, w] in [0, 1].
            level: part of the prior's range in the box above which a pixel starts as object.
        """
        x_min, y_min, x_max, y_max = box
        window = prior[y_min:y_max, x_min:x_max]
        threshold = window.min() + level * (window.max() - window.min())
        trimap = np.full(prior.shape, cv2.GC_BGD, np.uint8)
        inner = trimap[y_min:y_max, x_min:x_max]
        inner[:] = np.where(window >= threshold, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
        for x, y, inside in points:
            trimap[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] = (
                cv2.GC_FGD if inside else cv2.GC_BGD
            )
        mask = grabcut(self._features, trimap, self._seed)
        if not mask.any():
            return np.asarray(prior >= threshold)
        return main_components(mask, [(x, y) for x, y, inside in points if inside])

    def _enlarge(self, mask: Mask) -> Mask:
        """A mask of the working copy at the size of the image, its outline smoothed."""
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)
        return np.asarray(
            cv2.resize(soft, (self._width, self._height), interpolation=cv2.INTER_LINEAR) >= 0.5
        )
