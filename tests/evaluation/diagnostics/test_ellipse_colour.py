"""The ellipse, and the colours of whole images."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.diagnostics.ellipse_colour import colour_histograms, ellipse


@pytest.mark.parametrize(("height", "width"), [(200, 300), (101, 57)])
def test_ellipse_covers_its_part_of_the_image_and_is_centred(height, width):
    mask = ellipse(height, width)
    assert mask.mean() == pytest.approx(np.pi * 0.35**2, abs=0.01)
    assert np.array_equal(mask, mask[::-1, ::-1])
    assert mask[height // 2].mean() == pytest.approx(0.7, abs=0.02)
    assert mask[:, width // 2].mean() == pytest.approx(0.7, abs=0.02)


def test_colour_histograms_are_unit_vectors_of_bin_frequencies(splits):
    images = splits["validation"].images
    key = images.keys[0]
    (row,) = colour_histograms(images, [key])
    assert row.shape == (512,)
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-6)
    in_bin = (images.image(key) // 32 == (1, 2, 3)).all(axis=2).mean()
    assert row[1 * 64 + 2 * 8 + 3] ** 2 == pytest.approx(in_bin, abs=1e-6)
