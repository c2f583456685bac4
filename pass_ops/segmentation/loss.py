"""Pixel cross-entropy (ALGORITHMS 12.3)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn, step_mean
from pass_ops.models.functional import resize


def pixel_cross_entropy(logits: jt.Var, labels: jt.Var) -> jt.Var:
    """Mean cross-entropy over all pixels, background included.

    Args:
        logits: [N, classes, h, w], enlarged bilinearly to the labels' size.
        labels: [N, H, W] int32 in 0…classes − 1.
    """
    _, height, width = labels.shape
    enlarged = resize(logits, (height, width))
    return step_mean(nn.cross_entropy_loss(enlarged, labels, reduction="none"))
