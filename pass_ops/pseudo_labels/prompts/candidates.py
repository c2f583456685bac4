"""The mask that answers a prompt: two passes, or one of three candidates (method 11.1, 13)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.interface import Candidates, Prompt, PromptableSegmenter

Mask = NDArray[np.bool_]
Field = NDArray[np.float32]

SCORE_WEIGHT, ATTENTION_WEIGHT, OVERSIZE_WEIGHT = 0.5, 0.3, 0.5
OVERSIZE = 0.9
LEAST_IOU = 0.3


@dataclass(frozen=True)
class Answer:
    """A mask, bool [H, W], and its score in [0, 1]."""

    mask: Mask
    score: float


def two_passes(segmenter: PromptableSegmenter, prompt: Prompt) -> Answer:
    """The best of a prompt's three masks, prompted for once more by its own logits.

    Args:
        segmenter: whose image is set.
        prompt: of one object.
    """
    first = segmenter.predict(prompt, True)
    logits = first.low_logits[int(first.scores.argmax())]
    second = segmenter.predict(dataclasses.replace(prompt, mask_logits=logits), False)
    return Answer(second.masks[0], float(second.scores[0]))


def best_of_three(
    *, segmenter: PromptableSegmenter, prompt: Prompt, region: Mask, attention: Field | None
) -> Answer | None:
    """The candidate that suits the region and the attention best; None to keep the region itself.

    Args:
        segmenter: whose image is set.
        prompt: of one object.
        region: bool [H, W], what the prompt was made from.
        attention: [H, W]; None takes the first candidate, as `reference` does.
    """
    candidates = segmenter.predict(prompt, True)
    if attention is None:
        return Answer(candidates.masks[0], float(candidates.scores[0]))
    ious = [iou(mask, region) for mask in candidates.masks]
    if max(ious) < LEAST_IOU:
        return None
    best = int(candidate_scores(candidates, region, attention).argmax())
    return Answer(candidates.masks[best], float(candidates.scores[best]))


def candidate_scores(candidates: Candidates, region: Mask, attention: Field) -> NDArray[np.float64]:
    """How well each candidate suits the region and the attention (method 11.4).

    The IoU with the region, + 0.5 of the predicted IoU, + 0.3 of the mean attention inside minus
    that outside, − 0.5 if the mask covers more than 0.9 of the image.

    Args:
        candidates: M masks and their scores.
        region: bool [H, W].
        attention: float32 [H, W] in 0..1.

    Returns:
        float64 [M].
    """
    return np.array(
        [
            iou(mask, region)
            + SCORE_WEIGHT * float(score)
            + ATTENTION_WEIGHT * (_mean(attention[mask]) - _mean(attention[~mask]))
            - OVERSIZE_WEIGHT * (mask.mean() > OVERSIZE)
            for mask, score in zip(candidates.masks, candidates.scores, strict=True)
        ]
    )


def iou(first: Mask, second: Mask) -> float:
    """Intersection over union of two masks, bool [H, W]; 0 where both are empty.

    Args:
        first, second: of one size.
    """
    union = int((first | second).sum())
    return int((first & second).sum()) / union if union else 0.0


def _mean(values: Field) -> float:
    return float(values.mean()) if values.size else 0.0
