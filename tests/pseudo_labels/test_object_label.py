"""One label per image: the most confident cluster, not the largest (method 8, A11)."""

from __future__ import annotations

import numpy as np

from pass_ops.pseudo_labels.object_label import most_confident_cluster


def label(labels: list[list[int]], cosine: list[list[float]]) -> int:
    return most_confident_cluster(np.array(labels, np.int32), np.array(cosine, np.float32))


def test_the_largest_mean_cosine_wins_over_the_largest_area() -> None:
    assert label([[3, 3, 3], [3, 7, 0]], [[0.5, 0.5, 0.5], [0.6, 0.7, 0.9]]) == 6


def test_background_pixels_do_not_vote() -> None:
    assert label([[0, 0, 1]], [[0.9, 0.9, 0.1]]) == 0


def test_without_foreground_there_is_none() -> None:
    assert label([[0, 0], [0, 0]], [[0.9, 0.9], [0.9, 0.9]]) == -2


def test_without_a_positive_mean_there_is_none() -> None:
    assert label([[1, 2], [0, 2]], [[-0.1, 0.2], [0.9, -0.3]]) == -2
    assert label([[1, 1]], [[0.0, 0.0]]) == -2


def test_a_negative_mean_loses_to_a_positive_one() -> None:
    assert label([[1, 2]], [[-0.9, 0.01]]) == 1
