"""How a ResNet keeps its output large: strides traded for dilation (method 3.1)."""

from __future__ import annotations


def strides_and_dilations(output_stride: int) -> list[tuple[int, int]]:
    """Stride and dilation of the four stages that follow the stem, whose own stride is 4.

    Args:
        output_stride: of the whole network: 32, 16 or 8.
    """
    pairs, so_far, dilation = [], 4, 1
    for stride in (1, 2, 2, 2):
        if so_far * stride > output_stride:
            stride, dilation = 1, dilation * stride
        so_far *= stride
        pairs.append((stride, dilation))
    return pairs
