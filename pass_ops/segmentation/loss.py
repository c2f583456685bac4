"""Pixel cross-entropy (method 11.4, 12.3)."""

from __future__ import annotations

from pass_ops.data.codec import UNCERTAIN
from pass_ops.engine.jittor import jt, nn, step_mean
from pass_ops.engine.ranks.collectives import mean_over_ranks
from pass_ops.models.functional import resize


def pixel_cross_entropy(logits: jt.Var, labels: jt.Var, weights: jt.Var) -> jt.Var:
    """Weighted mean cross-entropy over the labelled pixels, background included; 0 without any.

    Of ranks, the mean of whose losses is that of the whole batch.

    Args:
        logits: [N, classes, h, w], enlarged bilinearly to the labels' size.
        labels: [N, H, W] int32 in 0…classes − 1, or UNCERTAIN.
        weights: [N] float32, how much each image's pixels count.
    """
    _, height, width = labels.shape
    enlarged = resize(logits, (height, width))
    labelled = (labels != UNCERTAIN).float32()
    weighted = labelled * weights.reshape(-1, 1, 1)
    # The loss of Jittor 1.3.11 would be NaN where all labels are out of range, and its weights are
    # for classes alone: give it labels in range, and weigh and average here.
    losses = nn.cross_entropy_loss(
        enlarged, labels * (labels != UNCERTAIN), reduction="none"
    ).reshape(labels.shape)
    return step_mean(losses * weighted) / (mean_over_ranks(step_mean(weighted)) + 1e-12)
