"""Small functions that several networks share."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn


def l2_normalise(x: jt.Var) -> jt.Var:
    """Divide by the L2 norm along dimension 1; `norm2` of method 0.3.

    The 1e-12 stands under the root, so that the gradient of an all-zero vector is finite.

    Args:
        x: [N, C, …]; C, channels or features, become of unit length.
    """
    return x / jt.sqrt((x * x).sum(1, keepdims=True) + 1e-12)


def global_average(x: jt.Var) -> jt.Var:
    """Average [N, C, H, W] over the positions: [N, C]."""
    return x.mean([2, 3])


def enlarge(x: jt.Var, factor: int) -> jt.Var:
    """Bilinear enlargement, half-pixel centres.

    Args:
        x: [N, C, H, W].
        factor: of both sides.
    """
    return resize(x, (x.shape[2] * factor, x.shape[3] * factor))


def resize(x: jt.Var, size: tuple[int, int]) -> jt.Var:
    """Bilinear resize, half-pixel centres (method 3.3).

    Args:
        x: [N, C, H, W].
        size: (height, width); where it is that of `x`, this is `x` itself.
    """
    if (x.shape[2], x.shape[3]) == size:
        return x
    return nn.interpolate(x, size=size, mode="bilinear", align_corners=False)
