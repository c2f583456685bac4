"""The oracle of the tests."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.pseudo_labels.prompts.targets import prompt_of
from tests.sam.oracle import OracleSegmenter

TRUTH = np.zeros((12, 20), np.int32)
TRUTH[2:8, 2:8] = 3
TRUTH[5:9, 12:18] = 1
RGB = np.zeros((12, 20, 3), np.uint8)


@pytest.fixture
def oracle() -> OracleSegmenter:
    """One that moves nothing, with its image set."""
    segmenter = OracleSegmenter(lambda _: TRUTH, shift=0)
    segmenter.set_image("a", RGB)
    return segmenter


def test_box_and_point_find_their_object(oracle: OracleSegmenter) -> None:
    by_box = oracle.predict(prompt_of((1, 1, 9, 9), None), False)
    np.testing.assert_array_equal(by_box.masks[0], TRUTH == 3)
    by_point = oracle.predict(prompt_of(None, (13, 6)), False)
    np.testing.assert_array_equal(by_point.masks[0], TRUTH == 1)
    assert not oracle.predict(prompt_of(None, (0, 0)), False).masks.any()


def test_three_candidates_are_part_object_and_all(oracle: OracleSegmenter) -> None:
    candidates = oracle.predict(prompt_of((1, 1, 9, 9), None), True)
    part, whole, both = candidates.masks
    assert 0 < part.sum() < whole.sum() < both.sum()
    assert candidates.scores.argmax() == 1


def test_everything_tiles_the_image(oracle: OracleSegmenter) -> None:
    assert (np.sum([region.mask for region in oracle.everything()], axis=0) == 1).all()


def test_the_truth_is_moved_by_one_pixel_in_a_direction_that_depends_on_the_key() -> None:
    segmenter = OracleSegmenter(lambda _: TRUTH)
    shifts = set()
    for key in "abcdefghijkl":
        segmenter.set_image(key, RGB)
        mask = segmenter.predict(prompt_of((1, 1, 9, 9), None), False).masks[0]
        assert mask.sum() == (TRUTH == 3).sum()
        rows, columns = np.argwhere(mask).min(axis=0) - 2
        assert abs(rows) + abs(columns) == 1
        shifts.add((rows, columns))
    assert len(shifts) == 4
