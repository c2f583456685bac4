"""Masks of everything in an image, from a grid of points (method 16.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.config.sam import AutomaticConfig
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.sam.box import bounding_box
from pass_ops.sam.frame import Floats, Frame
from pass_ops.sam.full_size import full_size
from pass_ops.sam.interface import Region
from pass_ops.sam.preprocess import PADDING

Decode = Callable[[Floats, NDArray[np.int32]], tuple[jt.Var, jt.Var]]

MASKS_AT_ONCE = 16
"""At an image's size on the device: 12 MB at 500 × 375 pixels."""


def all_regions(decode: Decode, frame: Frame, config: AutomaticConfig) -> list[Region]:
    """Regions of an image, highest predicted IoU first.

    Args:
        decode: from points [B, 2, 2] in the square and labels [B, 2] to logits [B, 3, low, low] and
            scores [B, 3].
        frame: how the image lies in the square.
        config: the grid, the filters, and how much boxes may overlap.
    """
    regions = list(_stable_regions(decode, frame, config))
    return [regions[index] for index in suppress(regions, config.nms_iou)]


def point_grid(per_side: int, size: tuple[int, int]) -> Floats:
    """Centres [per_side², 2] of a grid of cells over an image, row by row.

    Args:
        per_side: cells along each side.
        size: (height, width) of the image in pixels.
    """
    centres = (np.arange(per_side) + 0.5) / per_side
    x, y = np.meshgrid(centres * size[1], centres * size[0])
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def stabilities(logits: jt.Var, offset: float) -> NDArray[np.float64]:
    """IoU of the masks above +offset and above −offset; 0 where both are empty.

    Args:
        logits: of n masks, [n, H, W].
        offset: by which the threshold 0 is shifted up and down.

    Returns:
        [n].
    """
    above, union = (
        (logits > threshold).int32().sum([1, 2]).numpy() for threshold in (offset, -offset)
    )
    return np.asarray(above / np.maximum(union, 1))


def suppress(regions: list[Region], max_iou: float) -> list[int]:
    """Indices of the regions that survive non-maximum suppression, highest score first.

    Boxes are measured between first and last pixel, as published. Of equal scores the earlier one
    is the better.

    Args:
        regions: in any order.
        max_iou: IoU with a better region's box above which a region goes.
    """
    order = np.argsort([-region.score for region in regions], kind="stable")
    boxes = [
        (x0, y0, x1 - 1 - x0, y1 - 1 - y0)
        for x0, y0, x1, y1 in (regions[index].box for index in order)
    ]
    # OpenCV refuses negative scores, which a model may predict; the order is all that counts.
    ranks = list(range(len(boxes), 0, -1))
    return [int(order[rank]) for rank in cv2.dnn.NMSBoxes(boxes, ranks, 0, max_iou)]


def _stable_regions(decode: Decode, frame: Frame, config: AutomaticConfig) -> Iterator[Region]:
    """Regions that pass the filters of score and stability, in the order of the points.

    Args:
        decode, frame, config: see `all_regions`.
    """
    points = frame.scale(point_grid(config.points_per_side, frame.size))
    for start in range(0, len(points), config.points_per_batch):
        batch = points[start : start + config.points_per_batch]
        # Every point is one prompt, with its padding point.
        prompts = np.stack([batch, np.zeros_like(batch)], axis=1)
        labels = np.tile(np.array([1, PADDING], np.int32), (len(batch), 1))
        logits, scores = decode(prompts, labels)
        low, ious = logits.reshape(-1, *logits.shape[2:]), to_numpy(scores).ravel()
        sure = np.flatnonzero(ious > config.min_score)
        for first in range(0, len(sure), MASKS_AT_ONCE):
            chosen = sure[first : first + MASKS_AT_ONCE]
            yield from _stable(
                low=low[jt.array(chosen)], scores=ious[chosen], frame=frame, config=config
            )


def _stable(
    *, low: jt.Var, scores: Floats, frame: Frame, config: AutomaticConfig
) -> Iterator[Region]:
    """Those of some masks that are stable. No other mask leaves the device.

    Args:
        low: their logits, [n, low, low].
        scores: float32 [n].
        frame, config: see `all_regions`.
    """
    logits = full_size(low, frame)
    stability = stabilities(logits, config.stability_offset)
    stable = np.flatnonzero(stability >= config.min_stability)
    if not len(stable):
        return
    masks = (logits[jt.array(stable)] > 0).numpy().astype(bool)
    for index, mask in zip(stable, masks, strict=True):
        if mask.any():
            yield Region(
                mask=mask,
                score=float(scores[index]),
                stability=float(stability[index]),
                box=bounding_box(mask),
            )
