"""The class of every pixel, decided in strips on the device."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.models.functional import resize
from pass_ops.segmentation.likeliest_class import likeliest_class

SIZES = [(5, 7), (8, 11), (12, 16)]


@pytest.mark.parametrize("size", [(37, 50), (50, 37), (12, 16), (9, 4), (1, 60)])
@pytest.mark.parametrize("classes", [3, 40])
def test_it_is_what_all_scores_at_full_size_give(size: tuple[int, int], classes: int) -> None:
    rng = np.random.default_rng(0)
    scores = [jt.array(rng.random((1, classes, *one)).astype(np.float32)) for one in SIZES]
    labels = likeliest_class(scores, size)
    assert (labels.shape, labels.dtype) == (size, np.int32)
    whole = to_numpy(sum(resize(one, size) for one in scores))[0]
    # Sums may differ in the last digit, and with them the winner of a draw.
    won = np.take_along_axis(whole, labels[None], axis=0)[0]
    assert (whole.max(axis=0) - won).max() < 1e-6
    assert (labels == whole.argmax(axis=0)).mean() > 0.999


def test_of_equal_scores_the_lowest_class_wins() -> None:
    scores = jt.array(np.float32([0.1, 0.4, 0.4, 0.1]).reshape(1, 4, 1, 1)).broadcast((1, 4, 3, 3))
    assert (likeliest_class([scores], (6, 6)) == 1).all()
