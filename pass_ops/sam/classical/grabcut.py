"""GrabCut from a field of how likely each pixel is the object."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

ITERATIONS = 3
MIN_PIXELS = 20
"""Fewer pixels than this cannot give a colour model."""
MAX_GREY_SPREAD = 3
"""Mean spread of a pixel's three channels up to which an image counts as grey."""


def grabcut(features: NDArray[np.uint8], trimap: NDArray[np.uint8], seed: int) -> Mask:
    """The object's pixels, bool [H, W].

    They are the trimap's own where there are too few pixels to model object or background.

    Args:
        features: [H, W, 3], colours or what stands for them.
        trimap: [H, W] of OpenCV's GC_BGD, GC_FGD, GC_PR_BGD, GC_PR_FGD.
        seed: of the colour models' first clustering.
    """
    prior = _foreground(trimap)
    if min(prior.sum(), (~prior).sum()) < MIN_PIXELS:
        return prior
    # OpenCV clusters colours with a generator of the whole process, which any call may have moved.
    cv2.setRNGSeed(seed)
    labels = trimap.copy()
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(
        features,
        mask=labels,
        rect=(0, 0, 0, 0),
        bgdModel=background,
        fgdModel=foreground,
        iterCount=ITERATIONS,
        mode=cv2.GC_INIT_WITH_MASK,
    )
    return _foreground(labels)


def features_of(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What tells the pixels of an RGB image [H, W, 3] apart, uint8 [H, W, 3].

    Its colours; of a grey image brightness, smoothed brightness and roughness, as three equal
    channels say little.
    """
    if int(np.ptp(rgb, axis=2).mean()) > MAX_GREY_SPREAD:
        return np.ascontiguousarray(rgb)
    grey = rgb[..., 1].astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), 2)
    rough = np.sqrt(np.maximum(cv2.GaussianBlur(grey**2, (0, 0), 2) - smooth**2, 0))
    return np.stack([grey, smooth, np.minimum(2 * rough, 255)], axis=-1).astype(np.uint8)


def _foreground(trimap: NDArray[np.uint8]) -> Mask:
    """The pixels that are the object, surely or probably."""
    return np.asarray((trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD))
