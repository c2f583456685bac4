"""A guard without ground truth: labels stay where a step takes too much of their foreground."""

from __future__ import annotations

from pass_ops.data.ids import LabelMap


def unless_shrunk(*, before: LabelMap, after: LabelMap, most: float) -> LabelMap:
    """The labels after a step, or those before it where more foreground is gone than may be.

    Args:
        before, after: int32 [H, W], 0 background.
        most: largest part of the foreground area that may be gone, 0..1; 1 lets all go.
    """
    return before if shrinkage(before, after) > most else after


def shrinkage(before: LabelMap, after: LabelMap) -> float:
    """Part of an image's foreground area that is gone, at most 1; 0 without foreground.

    Args:
        before, after: int32 [H, W], 0 background.
    """
    area = int((before > 0).sum())
    return 1 - int((after > 0).sum()) / area if area else 0.0
