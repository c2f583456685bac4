"""Label maps from masks (method 11.2 to 11.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.parts.gates import Gates
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ids import LabelMap
from pass_ops.pseudo_labels.prompts.candidates import Answer, iou
from pass_ops.pseudo_labels.prompts.targets import Target

Mask = NDArray[np.bool_]


@dataclass
class PaintedMap:
    """The label map of an image, and how it came about.

    Attributes:
        labels: int32 [H, W], 0 background, else cluster id + 1 or UNCERTAIN.
        counts: what happened to the image's prompts, by name.
        scores: of the masks that were accepted.
    """

    labels: LabelMap
    counts: Counter[str] = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)

    def accept(self, answer: Answer, label: int) -> None:
        """Paint a mask and count it.

        Args:
            answer: the mask and its score.
            label: pixel label, cluster id + 1.
        """
        self.counts["masks"] += 1
        self.scores.append(answer.score)
        paint(self.labels, answer.mask, label)


def rejection(*, answer: Answer, target: Target, gates: Gates | None, multi: bool) -> str | None:
    """Which quality gate a mask fails; None if it passes all.

    Args:
        answer: the mask and its score.
        target: what it was prompted for.
        gates: the limits; without any only an empty mask is rejected, as `area`.
        multi: whether several classes of the image are prompted.

    Returns:
        `score`, `overlap`, `area` or, in multi mode, `cover`.
    """
    mask = answer.mask
    if gates is not None and answer.score < gates.min_score:
        return "score"
    if wrong_area(mask, gates):
        return "area"
    if gates is None:
        return None
    if multi and float(mask[target.region].mean()) < gates.min_coverage:
        return "cover"
    return "overlap" if iou(mask, target.region) < gates.min_iou else None


def wrong_area(mask: Mask, gates: Gates | None) -> bool:
    """Whether a mask is empty, or smaller or larger than the gates let it be.

    Args:
        mask: bool [H, W].
        gates: the limits; without any only an empty mask is rejected.
    """
    area = float(mask.mean())
    return area == 0 or (gates is not None and not gates.min_area <= area <= gates.max_area)


def paint(labels: LabelMap, mask: Mask, label: int) -> None:
    """Give pixels of a mask that are still background a label, in place.

    Args:
        labels: int32 [H, W], 0 background.
        mask: bool [H, W].
        label: pixel label, cluster id + 1.
    """
    labels[mask & (labels == 0)] = label


def mark_disagreement(painted: LabelMap, labels: LabelMap) -> None:
    """Leave pixels out of the loss where only one of two maps has foreground.

    Args:
        painted: int32 [H, W], changed in place.
        labels: int32 [H, W], the map that it was made from.
    """
    painted[(painted > 0) != (labels > 0)] = UNCERTAIN
