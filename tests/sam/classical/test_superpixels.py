"""Patches of even colour."""

from __future__ import annotations

import numpy as np

from pass_ops.sam.classical.superpixels import superpixels_of
from tests.sam.scenes import Scene


def test_superpixels_describe_their_pixels(scene: Scene) -> None:
    rgb, red, blue = scene
    superpixels = superpixels_of(rgb)
    ids, count = superpixels.ids, len(superpixels.colours)
    assert ids.shape == rgb.shape[:2]
    np.testing.assert_array_equal(np.unique(ids), np.arange(count))
    rows, columns = np.nonzero(ids == 5)
    np.testing.assert_allclose(superpixels.centres[5], [columns.mean(), rows.mean()])
    edges = {*ids[0], *ids[-1], *ids[:, 0], *ids[:, -1]}
    assert set(np.flatnonzero(superpixels.on_border)) == edges
    # Most superpixels lie inside an object or outside, although the image is noisy.
    mixture = [(red | blue)[ids == number].mean() for number in range(count)]
    assert np.mean([0.1 < share < 0.9 for share in mixture]) < 0.2


def test_neighbours_touch_and_are_listed_once(scene: Scene) -> None:
    superpixels = superpixels_of(scene[0])
    first, second = superpixels.neighbours
    assert (first < second).all()
    pairs = set(zip(first.tolist(), second.tolist(), strict=True))
    assert len(pairs) == len(first)
    ids = superpixels.ids
    across = {
        (min(a, b), max(a, b))
        for a, b in zip(ids[:, :-1].ravel().tolist(), ids[:, 1:].ravel().tolist(), strict=True)
        if a != b
    }
    assert across <= pairs
