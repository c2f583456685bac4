"""Matching of clusters to classes."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pass_ops.errors import DataError
from pass_ops.evaluation.files import MATCHING
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.matching import Matching, match
from pass_ops.evaluation.scoring.split_scores import Scores

counts = arrays.arrays(
    np.int64, st.integers(1, 5).map(lambda k: (2, k, k)), elements=st.integers(0, 4)
)


def total(gain, matching):
    """What a matching gains, by [K, K] gains of cluster and class."""
    return int(sum(gain[cluster, cls - 1] for cluster, cls in enumerate(matching.classes)))


@given(counts)
def test_ranks_by_images_then_pixels_then_lowest_ids(pair):
    images, pixels = pair
    size = len(images)

    def rank(permutation):
        candidate = Matching(tuple(cls + 1 for cls in permutation))
        ids = sum(cluster * cls for cluster, cls in enumerate(permutation))
        return total(images, candidate), total(pixels, candidate), ids

    matching = match(images, pixels)
    best = max(rank(permutation) for permutation in itertools.permutations(range(size)))
    assert rank([cls - 1 for cls in matching.classes]) == best


@given(counts)
def test_munkres_reaches_the_same_cooccurrence(pair):
    images, pixels = pair
    assert total(images, match(images, pixels, "munkres")) == total(images, match(images, pixels))


def test_relabelling_the_clusters_does_not_change_the_classes():
    rng = np.random.default_rng(1)
    images, pixels = rng.integers(0, 9, (6, 6)), rng.integers(0, 10**6, (6, 6))
    order = rng.permutation(6)
    classes = np.array(match(images, pixels).classes)
    assert match(images[order], pixels[order]).classes == tuple(classes[order])


def test_counts_that_the_solver_must_tell_apart_at_full_size():
    """12 419 images of 500x375 in which only the last pixel breaks the tie."""
    images = np.full((2, 2), 12419)
    pixels = np.full((2, 2), 12419 * 187500 // 4)
    pixels[0, 1] += 1
    assert match(images, pixels).classes == (2, 1)


def collected(pairs, classes):
    """Scores of pairs of truth and labels."""
    scores = Scores(classes)
    for truth, labels in pairs:
        scores.add(
            count_image(np.array(truth, dtype=np.int32), np.array(labels, dtype=np.int32), classes)
        )
    return scores


def test_cooccurrence_is_of_images_not_of_pixels():
    """Cluster 1 touches class 1 in one large image, and is beside class 2 in two small ones without
    sharing a pixel.
    """
    apart = ([[0, 2]], [[1, 0]])
    scores = collected([(np.ones((9, 9)), np.ones((9, 9))), apart, apart], 2)
    assert scores.cooccurrence.tolist() == [[1, 2], [0, 0]]
    assert scores.counts.regions.together[1:, 1:].tolist() == [[81, 0], [0, 0]]
    assert scores.matching().classes == (2, 1)


def test_matching_by_iou_goes_by_pixels_alone():
    apart = ([[0, 2]], [[1, 0]])
    scores = collected([(np.ones((9, 9)), np.ones((9, 9))), apart, apart], 2)
    assert scores.matching_by_iou().classes == (1, 2)


def test_matching_by_iou_is_the_best_of_all_permutations():
    rng = np.random.default_rng(0)
    pairs = [(rng.integers(0, 5, (9, 9)), rng.integers(0, 5, (9, 9))) for _ in range(4)]
    scores = collected(pairs, 4)

    def total(classes):
        return scores.counts.regions.under(Matching(classes)).iou()[1:].sum()

    best = max(map(total, itertools.permutations(range(1, 5))))
    assert total(scores.matching_by_iou().classes) == pytest.approx(best, abs=1e-10)


def test_ignored_pixels_match_nothing():
    assert collected([([[1000, 1]], [[1, 0]])], 1).cooccurrence.tolist() == [[0]]


def test_clusters_without_anything_in_common_take_the_free_classes_in_order():
    images = np.zeros((4, 4), dtype=np.int64)
    images[2, 1] = 5
    assert match(images, images).classes == (1, 3, 2, 4)


def test_apply_keeps_background():
    matching = Matching((2, 3, 1))
    assert matching.apply(np.array([[0, 1], [2, 3]], dtype=np.int32)).tolist() == [[0, 2], [3, 1]]
    assert matching.apply(np.zeros((1, 1), dtype=np.int32)).dtype == np.int32


def test_match_json_round_trip(tmp_path):
    path = tmp_path / MATCHING
    Matching((2, 3, 1)).save(path)
    assert json.loads(path.read_text()) == {"1": 2, "2": 3, "3": 1, "0": 0}
    assert Matching.load(path) == Matching((2, 3, 1))


@pytest.mark.parametrize(
    "text",
    [
        '{"1": 1, "2": 1, "0": 0}',
        '{"1": 2, "0": 0}',
        '{"1": 1, "0": 5}',
        '{"2": 1, "0": 0}',
        "[1, 2]",
        "{",
        '{"a": 1}',
    ],
)
def test_refuses_what_is_not_a_permutation(tmp_path, text):
    path = tmp_path / MATCHING
    path.write_text(text)
    with pytest.raises(DataError, match=r"match\.json: [^\n]*match again$"):
        Matching.load(path)


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"match\.json"):
        Matching.load(tmp_path / MATCHING)


def test_a_matching_is_a_permutation():
    with pytest.raises(DataError, match="not a permutation"):
        Matching((1, 1))
