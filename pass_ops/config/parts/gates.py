"""Limits that a prompted mask must keep, for each back end (method 11.4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Gates:
    """Limits of one back end's masks; a mask beyond one of them is rejected.

    Attributes:
        min_score: least score of a mask, in 0…1.
        min_iou: least IoU of mask and prompted region.
        min_area, max_area: limits of a mask's area, as fractions of the image's.
        min_coverage: least part of its component that a mask covers, where several classes of an
            image are prompted.
    """

    min_score: float
    min_iou: float
    min_area: float = 0.002
    max_area: float = 0.95
    min_coverage: float = 0.5


_SEGMENT_ANYTHING = Gates(min_score=0.7, min_iou=0.2)

GATES = {
    "sam": _SEGMENT_ANYTHING,
    "onnx": _SEGMENT_ANYTHING,
    "oracle": _SEGMENT_ANYTHING,
    # Its score is no prediction of an IoU but a mean of two signs, and its masks cover another part
    # of the image than a flat coarse map.
    "classical": Gates(min_score=0.2, min_iou=0.0, min_coverage=0.0),
}
"""The limits of each back end: what a score means is the back end's own."""
