"""Label maps from masks (method 11.2 to 11.4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.masks import PromptConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.pseudo_labels.candidates import Answer, iou
from pass_ops.pseudo_labels.targets import Target

Ids = NDArray[np.int32]
Mask = NDArray[np.bool_]


def rejection(answer: Answer, target: Target, config: PromptConfig) -> str | None:
    """Which quality gate a mask fails: `score`, `overlap`, `area` or, in multi mode, `cover`; None
    if it passes all.

    Without gates only an empty mask is rejected, as `area`.
    """
    mask = answer.mask
    area = float(mask.mean())
    if area == 0:
        return "area"
    if not config.gates:
        return None
    if answer.score < config.min_score:
        return "score"
    if not config.min_area <= area <= config.max_area:
        return "area"
    if config.multi and float(mask[target.region].mean()) < config.min_cover:
        return "cover"
    return "overlap" if iou(mask, target.region) < config.min_iou else None


def paint(labels: Ids, mask: Mask, label: int) -> None:
    """Give pixels of `mask` that are still background the id `label`, in place."""
    labels[mask & (labels == 0)] = label


def mark_disagreement(painted: Ids, labels: Ids) -> None:
    """Leave out of the loss where only one of the painted map and the map it was made from has
    foreground, in place.
    """
    painted[(painted > 0) != (labels > 0)] = UNCERTAIN
