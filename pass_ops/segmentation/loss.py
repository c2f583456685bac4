"""Pixel cross-entropy (method 11.4, 12.3)."""

from __future__ import annotations

from pass_ops.data.codec import UNCERTAIN
from pass_ops.engine.jittor import jt, nn, step_mean
from pass_ops.models.functional import resize


def pixel_cross_entropy(logits: jt.Var, labels: jt.Var, weights: jt.Var) -> jt.Var:
    """Weighted mean cross-entropy over the pixels that are not ignored, background included; 0
    where all are.

    Args:
        logits: [N, classes, h, w], enlarged bilinearly to the labels' size.
        labels: [N, H, W] int32 in 0…classes − 1, or UNCERTAIN.
        weights: [N] float32, how much each image's pixels count.
    """
    _, height, width = labels.shape
    enlarged = resize(logits, (height, width))
    counted = (labels != UNCERTAIN).float32()
    weighted = counted * weights.reshape(-1, 1, 1)
    # Jittor ignores labels out of range in its own way: give it labels that are all in range, and
    # weigh afterwards.
    losses = nn.cross_entropy_loss(
        enlarged, labels * (labels != UNCERTAIN), reduction="none"
    ).reshape(labels.shape)
    return step_mean(losses * weighted) / (step_mean(weighted) + 1e-12)
