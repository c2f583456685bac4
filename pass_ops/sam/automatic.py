"""Masks of everything in an image: a grid of points, filters, non-maximum suppression (method
16.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.config.sam import AutomaticConfig
from pass_ops.sam.interface import Region
from pass_ops.sam.preprocess import PADDING, Frame

Floats = NDArray[np.float32]
Decode = Callable[[Floats, NDArray[np.int32]], tuple[Floats, Floats]]


def all_regions(decode: Decode, frame: Frame, config: AutomaticConfig) -> list[Region]:
    """Regions of an image, highest predicted IoU first.

    Args:
        decode: from points [B, 2, 2] in the square and labels [B, 2] to logits [B, 3, low, low] and
            scores [B, 3].
    """
    regions = list(_stable_regions(decode, frame, config))
    return [regions[index] for index in suppress(regions, config.max_overlap)]


def point_grid(per_side: int, size: tuple[int, int]) -> Floats:
    """Centres [per_side², 2] of a grid of cells over an image of `size` = (height, width), row by
    row.
    """
    centres = (np.arange(per_side) + 0.5) / per_side
    x, y = np.meshgrid(centres * size[1], centres * size[0])
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def stability(logits: Floats, offset: float) -> float:
    """IoU of the masks above +offset and above −offset; 0 where both are empty."""
    union = np.count_nonzero(logits > -offset)
    return np.count_nonzero(logits > offset) / union if union else 0.0


def bounding_box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """x_min, y_min, x_max, y_max of a mask that isn't empty, maxima exclusive."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def suppress(regions: list[Region], max_overlap: float) -> list[int]:
    """Indices of the regions to keep, highest score first: those whose box overlaps no better one's
    by more.

    Boxes are measured between first and last pixel, as published. Of equal scores the earlier one
    is the better.
    """
    order = np.argsort([-region.score for region in regions], kind="stable")
    boxes = [
        (x0, y0, x1 - 1 - x0, y1 - 1 - y0)
        for x0, y0, x1, y1 in (regions[index].box for index in order)
    ]
    # OpenCV refuses negative scores, which a model may predict; the order is all that counts.
    ranks = list(range(len(boxes), 0, -1))
    return [int(order[kept]) for kept in cv2.dnn.NMSBoxes(boxes, ranks, 0, max_overlap)]


def _stable_regions(decode: Decode, frame: Frame, config: AutomaticConfig) -> Iterator[Region]:
    points = frame.scale(point_grid(config.points_per_side, frame.size))
    for start in range(0, len(points), config.points_per_batch):
        batch = points[start : start + config.points_per_batch]
        # Every point is one prompt, with its padding point.
        prompts = np.stack([batch, np.zeros_like(batch)], axis=1)
        labels = np.tile(np.array([1, PADDING], np.int32), (len(batch), 1))
        logits, scores = decode(prompts, labels)
        for one, score in zip(logits.reshape(-1, *logits.shape[2:]), scores.ravel(), strict=True):
            if score <= config.min_score:
                continue
            restored = frame.restore(one)
            steady = stability(restored, config.stability_offset)
            mask = restored > 0
            if steady >= config.min_stability and mask.any():
                yield Region(
                    mask=mask, score=float(score), stability=steady, box=bounding_box(mask)
                )
