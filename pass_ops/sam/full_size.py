"""Mask logits at an image's own size, on the device that computed them (method 16.5)."""

from __future__ import annotations

import numpy as np

from pass_ops.data.transforms.resize import linear_places
from pass_ops.engine.jittor import jt
from pass_ops.sam.frame import Floats, Frame


def full_size(logits: jt.Var, frame: Frame) -> jt.Var:
    """Mask logits [n, low, low] of the square at the image's size, [n, H, W].

    Enlarged to the square, cropped, resized, all bilinear, as published. Each of these is linear in
    rows and in columns, so that all of them are one matrix for either: the masks are never as large
    as the square.

    Args:
        logits: low-resolution logits.
        frame: how the image lies in the square.
    """
    rows, columns = (
        jt.array(_resize(inner, length) @ _resize(logits.shape[1], frame.side)[:inner])
        for inner, length in zip(frame.inner_size, frame.size, strict=True)
    )
    return jt.matmul(jt.matmul(rows, logits), columns.transpose(1, 0))


def _resize(source: int, target: int) -> Floats:
    """What a bilinear resize of an axis multiplies it with, [target, source].

    Args:
        source, target: lengths of the axis.
    """
    first, second, weight = linear_places(source, target)
    matrix = np.zeros((target, source), np.float32)
    places = np.arange(target)
    np.add.at(matrix, (places, first), 1 - weight)
    np.add.at(matrix, (places, second), weight)
    return matrix
