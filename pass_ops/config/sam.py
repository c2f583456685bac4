"""Settings of Segment Anything."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True, kw_only=True)
class AutomaticConfig:
    """Masks of everything in an image (method 16.6), as the published generator makes them.

    Attributes:
        points_per_side: of the grid of prompts.
        points_per_batch: decoded at once.
        min_score: predicted IoU that a mask must exceed.
        min_stability: stability that a mask must reach.
        stability_offset: by which the threshold of the logits is shifted to measure stability.
        nms_iou: IoU of the boxes above which the mask with the lower score goes.
    """

    points_per_side: int = limited(default=32, low=1)
    points_per_batch: int = limited(default=64, low=1)
    min_score: float = 0.88
    min_stability: float = limited(default=0.95, low=0, high=1)
    stability_offset: float = limited(default=1.0, low=0)
    nms_iou: float = limited(default=0.7, low=0, high=1)
