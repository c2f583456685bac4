"""Which pixels lie near a boundary."""

from __future__ import annotations

import numpy as np

from pass_ops.evaluation.scoring.boundary import boundary_mask


def test_uniform_map_has_only_the_frame():
    mask = boundary_mask(np.full((100, 100), 7, dtype=np.int32))
    assert not mask[4:-4, 4:-4].any()  # round(0.03 * 141.4) = 4
    assert mask.sum() == 100 * 100 - 92 * 92


def test_both_sides_of_an_edge_are_marked_to_the_radius():
    labels = np.zeros((100, 100), dtype=np.int32)
    labels[:, 50:] = 1000
    inside = boundary_mask(labels)[50, 4:-4]
    assert np.flatnonzero(inside).tolist() == list(range(42, 50))


def test_distance_is_chebyshev():
    labels = np.zeros((100, 100), dtype=np.int32)
    labels[50, 50] = 3
    mask = boundary_mask(labels)[10:90, 10:90]
    assert mask.sum() == 9 * 9
    assert mask[36:45, 36:45].all()


def test_image_smaller_than_the_radius_is_all_boundary():
    assert boundary_mask(np.zeros((1, 300), dtype=np.int32)).all()


def test_ids_above_255_are_told_apart():
    labels = np.full((60, 60), 256, dtype=np.int32)
    labels[:, 30:] = 512
    assert boundary_mask(labels)[30, 28:32].all()
