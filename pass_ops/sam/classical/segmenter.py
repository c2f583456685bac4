"""A promptable segmenter without weights: background prior, GrabCut, colour regions (method
16.8).

Learns nothing and has seen no labels, so that what uses it may still be called unsupervised. The
same image and prompt give the same masks.
"""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.classical.colour_regions import colour_regions
from pass_ops.sam.classical.grabcut import features_of, grabcut
from pass_ops.sam.classical.saliency import saliency
from pass_ops.sam.classical.separability import separability
from pass_ops.sam.frame import from_frame, to_frame
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb

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
        """Make [H, W, 3] the image that prompts refer to; `key` seeds its random numbers."""
        self._height, self._width = rgb.shape[:2]
        self._seed = zlib.crc32(key.encode()) & 0x7FFFFFFF
        scale = min(1.0, SIDE / max(rgb.shape[:2]))
        size = (max(1, round(self._width * scale)), max(1, round(self._height * scale)))
        self._rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        self._features = features_of(self._rgb)
        self._saliency: Field | None = None

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Part, object and whole with `multimask`, else the object.

        A score is no trained prediction of an IoU but a mean of two label-free signs of one: how
        the mask's colours differ from their surroundings', and its overlap with the prior; less by
        the part of the image's border that it takes.
        """
        box = self._box(prompt)
        prior = self._prior(prompt, box)
        found = [
            self._segment(prompt=prompt, box=box, prior=prior, level=level)
            for level in (LEVELS if multimask else LEVELS[1:2])
        ]
        scores = [
            (separability(self._features, mask) + _soft_iou(mask, prior))
            / 2
            * (1 - _border_share(mask))
            for mask in found
        ]
        # Half of the logit is the mask, half the prior, so that a second pass can still move the
        # outline.
        logits = [
            to_frame((8 * (mask - 0.5) + 8 * (prior - 0.5)).astype(np.float32)) for mask in found
        ]
        return Candidates(
            np.stack([self._enlarge(mask) for mask in found]),
            np.array(scores, np.float32),
            np.stack(logits),
        )

    def everything(self) -> list[Region]:
        """Regions of even colour at several scales, best first."""
        return colour_regions(self._rgb, (self._height, self._width))

    def _box(self, prompt: Prompt) -> tuple[int, int, int, int]:
        """The prompt's box in pixels of the working copy, at least one pixel large; all of it
        without a box.
        """
        height, width = self._rgb.shape[:2]
        if prompt.box is None:
            return 0, 0, width, height
        x_scale, y_scale = width / self._width, height / self._height
        x_min, y_min = int(prompt.box[0] * x_scale), int(prompt.box[1] * y_scale)
        x_min, y_min = min(max(x_min, 0), width - 1), min(max(y_min, 0), height - 1)
        x_max, y_max = int(np.ceil(prompt.box[2] * x_scale)), int(np.ceil(prompt.box[3] * y_scale))
        return x_min, y_min, min(max(x_max, x_min + 1), width), min(max(y_max, y_min + 1), height)

    def _prior(self, prompt: Prompt, box: tuple[int, int, int, int]) -> Field:
        """How likely each pixel is the object before its colour is modelled, [h, w] in [0, 1]."""
        if self._saliency is None:
            self._saliency = saliency(
                self._rgb
            )  # Takes as long as all the rest, and only prompts need it.
        height, width = self._saliency.shape
        x_min, y_min, x_max, y_max = box
        rows, columns = np.ogrid[:height, :width]
        away = ((columns - (x_min + x_max - 1) / 2) / (x_max - x_min)) ** 2 + (
            (rows - (y_min + y_max - 1) / 2) / (y_max - y_min)
        ) ** 2
        # People put the object into the middle of a box, and of a photograph.
        prior = self._saliency * np.exp(-2 * away)
        if prompt.mask_logits is not None:
            logits = np.clip(from_frame(prompt.mask_logits, height, width), -4, 4)
            prior = (prior + 1 / (1 + np.exp(-logits))) / 2
        inside = np.zeros((height, width), bool)
        inside[y_min:y_max, x_min:x_max] = True
        return np.where(inside, prior, 0).astype(np.float32)

    def _segment(
        self, *, prompt: Prompt, box: tuple[int, int, int, int], prior: Field, level: float
    ) -> Mask:
        x_min, y_min, x_max, y_max = box
        window = prior[y_min:y_max, x_min:x_max]
        cut = window.min() + level * (window.max() - window.min())
        trimap = np.full(prior.shape, cv2.GC_BGD, np.uint8)
        inner = trimap[y_min:y_max, x_min:x_max]
        inner[:] = np.where(window >= cut, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
        points = self._points(prompt)
        for x, y, inside in points:
            trimap[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] = (
                cv2.GC_FGD if inside else cv2.GC_BGD
            )
        mask = grabcut(self._features, trimap, self._seed)
        return _tidy(mask, prior >= cut, [(x, y) for x, y, inside in points if inside])

    def _points(self, prompt: Prompt) -> list[tuple[int, int, bool]]:
        height, width = self._rgb.shape[:2]
        return [
            (
                min(max(int(x * width / self._width), 0), width - 1),
                min(max(int(y * height / self._height), 0), height - 1),
                bool(label),
            )
            for (x, y), label in zip(prompt.points, prompt.point_labels, strict=True)
        ]

    def _enlarge(self, mask: Mask) -> Mask:
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)
        return np.asarray(
            cv2.resize(soft, (self._width, self._height), interpolation=cv2.INTER_LINEAR) >= 0.5
        )


def _soft_iou(mask: Mask, prior: Field) -> float:
    """IoU of a mask with a field in [0, 1]; 0 where both are empty."""
    union = float(np.maximum(mask, prior).sum())
    return float(prior[mask].sum()) / union if union else 0.0


def _border_share(mask: Mask) -> float:
    """Part of the image's border pixels that a mask takes."""
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())


def _tidy(mask: Mask, likely: Mask, points: list[tuple[int, int]]) -> Mask:
    """Components of `mask` that hold a point or reach a fifth of the largest, with their small
    holes closed.
    """
    if not mask.any():
        return likely
    kernel = np.ones((3, 3), np.uint8)
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    _, ids, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = areas >= 0.2 * areas.max()
    kept[[ids[y, x] for x, y in points]] = True
    kept[0] = False
    return np.asarray(kept[ids])
