"""GrabCut, and what it tells pixels apart by."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.pseudo_labels.prompts.candidates import iou
from pass_ops.sam.classical.grabcut import MIN_PIXELS, features_of, grabcut
from tests.sam.scenes import Scene


def trimap_of(prior: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Probable object where `prior` is, else probable background."""
    return np.where(prior, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)


def test_the_outline_moves_to_the_object_s(scene: Scene) -> None:
    rgb, red, _ = scene
    prior = np.zeros_like(red)
    prior[20:60, 25:65] = True
    mask = grabcut(rgb, trimap_of(prior), seed=1)
    assert iou(mask, red) > 0.9 > iou(prior, red)


def test_too_few_pixels_are_returned_as_they_are(scene: Scene) -> None:
    prior = np.zeros(scene[0].shape[:2], bool)
    prior[0, : MIN_PIXELS - 1] = True
    np.testing.assert_array_equal(grabcut(scene[0], trimap_of(prior), seed=1), prior)


def test_a_grey_image_has_three_different_features(scene: Scene) -> None:
    rgb = scene[0]
    np.testing.assert_array_equal(features_of(rgb), rgb)
    features = features_of(rgb[..., :1].repeat(3, axis=-1))
    np.testing.assert_array_equal(features[..., 0], rgb[..., 0])
    assert (features[..., 1] != features[..., 2]).any()
