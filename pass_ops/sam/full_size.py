"""Mask logits at an image's own size, on the device that computed them (method 16.5)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt
from pass_ops.sam.frame import Frame


def full_size(logits: jt.Var, frame: Frame) -> jt.Var:
    """Mask logits [n, low, low] of the square at the image's size, [n, H, W].

    Args:
        logits: low-resolution logits.
        frame: how the image lies in the square.
    """
    rows, columns = (jt.array(matrix) for matrix in frame.enlargement(logits.shape[1]))
    return jt.matmul(jt.matmul(rows, logits), columns.transpose(1, 0))
