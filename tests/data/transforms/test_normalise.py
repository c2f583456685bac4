"""From 8-bit pixels to the networks' input."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.data.transforms.normalise import MEAN, STD, STD_TYPO, normalise


def test_a_pixel_by_hand() -> None:
    batch = normalise([np.full((2, 3, 3), (255, 0, 51), np.uint8)])
    assert batch.shape == (1, 3, 2, 3)
    assert batch.dtype == np.float32
    expected = [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
    assert batch[0, :, 1, 2] == pytest.approx(expected, abs=1e-6)


def test_images_and_positions_keep_their_order() -> None:
    images = [
        np.random.default_rng(seed).integers(256, size=(4, 5, 3), dtype=np.uint8)
        for seed in range(3)
    ]
    batch = normalise(images, (1.0, 1.0, 1.0))
    restored = np.rint((batch.transpose(0, 2, 3, 1) + np.array(MEAN)) * 255)
    np.testing.assert_array_equal(restored, np.stack(images))


def test_the_typo_of_the_original_is_in_the_red_channel_alone() -> None:
    image = np.random.default_rng(0).integers(1, 256, size=(4, 5, 3), dtype=np.uint8)
    fixed, reference = normalise([image], STD), normalise([image], STD_TYPO)
    assert STD_TYPO == (0.228, 0.224, 0.225)
    np.testing.assert_allclose(reference[:, 0] / fixed[:, 0], 0.229 / 0.228, rtol=1e-5)
    np.testing.assert_array_equal(reference[:, 1:], fixed[:, 1:])
