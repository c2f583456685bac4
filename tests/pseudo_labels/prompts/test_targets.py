"""Boxes and points of prompts (method 11.1, 11.3, 13). Maps are not square: x is the column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.prompts.targets import (
    class_order,
    class_targets,
    inner_point,
    single_target,
    widen,
)

LABELS = np.zeros((6, 12), np.int32)
LABELS[1:4, 2:7] = 3
LABELS[4, 7] = 5  # touches the corner of no other pixel than its own component's
LABELS[3, 6] = 5
LABELS[0:2, 9:11] = 3
FLAT = np.full(LABELS.shape, 0.5, np.float32)


def test_single_takes_the_largest_component_of_all_classes_together() -> None:
    target = single_target(labels=LABELS, label=8, point=(3, 2), attention=None)
    assert target.label == 8
    # Classes 3 and 5 connect over a corner: x 2..7, y 1..4, maxima exclusive.
    assert target.prompt.box is not None
    assert target.prompt.box.tolist() == [2, 1, 8, 5]
    assert target.region.sum() == 16
    assert target.prompt.points.tolist() == [[3, 2]]
    assert target.prompt.point_labels.tolist() == [1]


@pytest.mark.parametrize(
    ("point", "used"),
    [((8, 5), True), ((2, 1), True), ((9, 3), False), ((3, 0), False), ((1, 2), False)],
)
def test_a_point_outside_the_box_is_dropped(point: tuple[int, int], used: bool) -> None:
    target = single_target(labels=LABELS, label=1, point=point, attention=None)
    assert len(target.prompt.points) == used


def test_a_class_that_is_not_there_has_no_target() -> None:
    assert list(class_targets(labels=LABELS, label=9, point=(0, 0), attention=None)) == []


def test_every_component_of_a_class_is_a_target_and_the_point_belongs_to_one() -> None:
    first, second = sorted(
        class_targets(labels=LABELS, label=3, point=(9, 1), attention=None),
        key=lambda target: target.region.sum(),
    )
    assert first.prompt.box is not None
    assert second.prompt.box is not None
    assert first.prompt.box.tolist() == [9, 0, 11, 2]
    assert second.prompt.box.tolist() == [2, 1, 7, 4]
    assert first.prompt.points.tolist() == [[9, 1]]
    assert second.prompt.points.tolist() == []


def test_a_box_of_one_pixel() -> None:
    labels = np.zeros((4, 9), np.int32)
    labels[2, 7] = 1
    (target,) = class_targets(labels=labels, label=1, point=(0, 0), attention=FLAT[:4, :9])
    assert target.prompt.box is not None
    assert target.prompt.box.tolist() == [7, 2, 8, 3]
    assert target.prompt.points.tolist() == [[7, 2]]


def test_a_box_grows_as_far_as_the_image_goes() -> None:
    target = single_target(labels=LABELS, label=8, point=(3, 2), attention=None)
    assert widen(target, 0) is target
    wide = widen(target, 0.5).prompt
    # 6 wide and 4 high: 3 more to the left and right, 2 more above and below, in an image of 12 x
    # 6.
    assert wide.box is not None
    assert wide.box.tolist() == [0, 0, 11, 6]
    assert wide.points.tolist() == [[3, 2]]


def test_a_new_point_keeps_away_from_the_outline() -> None:
    region = np.zeros((50, 80), bool)
    region[5:46, 10:71] = True
    attention = np.zeros(region.shape, np.float32)
    attention[5, 10] = attention[25, 0] = 1
    attention[20, 60] = 0.5
    assert inner_point(region, attention) == (60, 20)


@given(st.integers(0, 2**32 - 1))
def test_a_new_point_is_always_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    region = rng.random((9, 14)) < 0.4
    region[4, 4] = True
    x, y = inner_point(region, rng.random(region.shape).astype(np.float32))
    assert region[y, x]


def test_classes_are_looked_for_by_distance_up_to_sigma() -> None:
    distances = np.float32([0.6, 2, 2, 2, 0.1, 2, 2, 0.7])
    assert class_order(label=4, distances=distances, sigma=0.65) == [5, 1]
    assert class_order(label=4, distances=distances, sigma=0.7) == [5, 1, 8]
    # A label that was corrected is no longer the nearest cluster; that one comes second.
    assert class_order(label=7, distances=distances, sigma=0.65) == [8, 5, 1]
    with pytest.raises(ArtifactError, match="label 8 is none of the 8 clusters"):
        class_order(label=8, distances=distances, sigma=0.65)


@given(st.integers(0, 2**32 - 1))
def test_every_cluster_within_sigma_is_looked_for_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distances, label = rng.random(919).astype(np.float32), int(rng.integers(919))
    first, *others = class_order(label=label, distances=distances, sigma=0.5)
    assert first == label + 1
    assert set(others) == set(np.flatnonzero(distances <= 0.5) + 1) - {label + 1}
    assert (np.diff(distances[np.array(others) - 1]) >= 0).all()
