"""What limits a score: worked out by hand, and what must hold of any prediction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.decompose import decompose
from pass_ops.evaluation.scoring.image_scores import record_of
from pass_ops.evaluation.scoring.matching import Matching

CLASSES = 3
IDENTITY = Matching((1, 2, 3))


def decomposed(pairs, matching=IDENTITY):
    """The decomposition of pairs of truth and prediction, a row of ids each."""
    images = [count_image(*(np.array([row], np.int32) for row in pair), CLASSES) for pair in pairs]
    return decompose([record_of(image) for image in images], matching)


def test_golden_wrong_class_on_half_a_mask_and_a_missed_object():
    found = decomposed(
        [
            ([1, 1, 1, 1, 0, 0, 0, 0], [2, 2, 0, 0, 2, 0, 0, 0]),
            ([2, 2, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]),
        ]
    )
    # The mask of the first image becomes class 1.
    assert found.true_classes.iou() == pytest.approx([9 / 14, 2 / 5, 0, 0], abs=1e-9)
    # Its object becomes class 2, the other one background.
    assert found.true_masks.iou() == pytest.approx([10 / 12, 0, 0, 0], abs=1e-9)
    assert found.object_iou == pytest.approx((2 / 5 + 0) / 2)
    assert found.no_object == 0.5


def test_a_mask_takes_the_class_of_what_it_covers_most_or_of_the_largest_object():
    found = decomposed([([1, 1, 1, 2, 2, 0, 0, 0], [3, 0, 0, 3, 3, 0, 1, 0])])
    # 3 covers one pixel of class 1 and two of class 2; 1 covers none, and class 1 is the largest.
    assert found.true_classes.predicted.tolist() == [4, 1, 3, 0]
    assert found.true_classes.shared.tolist() == [2, 0, 2, 0]
    # Both objects are mostly under label 3.
    assert found.true_masks.predicted.tolist() == [3, 0, 0, 5]


def test_an_object_without_a_mask_takes_the_largest_predicted_class():
    found = decomposed([([1, 1, 0, 0, 0], [0, 0, 2, 3, 3])])
    assert found.true_masks.predicted.tolist() == [3, 0, 0, 2]


def test_an_image_without_objects_keeps_its_classes_and_counts_in_no_mean():
    found = decomposed([([0, 0, 0], [2, 2, 0])])
    assert found.true_classes.predicted.tolist() == [1, 0, 2, 0]
    assert math.isnan(found.object_iou)
    assert math.isnan(found.no_object)


def test_clusters_are_renamed_first():
    found = decomposed([([1, 1, 0], [2, 0, 0])], Matching((2, 1, 3)))
    assert found.true_masks.mean() == pytest.approx(2 / 4)


@given(
    st.lists(st.integers(0, CLASSES), min_size=1, max_size=12),
    st.data(),
    st.permutations(range(1, CLASSES + 1)),
)
def test_masks_of_true_shape_score_one_and_classes_matter_to_one_half_alone(truth, data, order):
    """Whatever the clusters are called, masks stay the same; and so do true masks whose
    classes are right, however little of them is predicted."""
    renamed = [0 if cls == 0 else order[cls - 1] for cls in truth]
    whole = decomposed([(truth, renamed)])
    present = whole.true_classes.actual > 0
    assert whole.true_classes.iou()[present] == pytest.approx(1)
    part = [cls if data.draw(st.booleans()) else 0 for cls in truth]
    partly = decomposed([(truth, part)])
    for cls in set(part) - {0}:
        assert partly.true_masks.shared[cls] == truth.count(cls)
