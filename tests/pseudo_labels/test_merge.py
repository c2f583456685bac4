"""Refinement by masks (method 10.3), clause by clause."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.masks import plain_merge
from pass_ops.data.ids import LabelMap
from pass_ops.pseudo_labels.merge import merge
from pass_ops.sam.box import bounding_box
from pass_ops.sam.interface import Region


def region(
    *,
    columns: slice,
    rows: slice = slice(None),
    score: float = 0.9,
    shape: tuple[int, int] = (10, 20),
) -> Region:
    mask = np.zeros(shape, bool)
    mask[rows, columns] = True
    return Region(mask=mask, score=score, stability=1.0, box=bounding_box(mask))


def labels_with(**spans: slice) -> LabelMap:
    """[10, 20] with columns of classes: `c3=slice(0, 5)`."""
    labels = np.zeros((10, 20), np.int32)
    for name, span in spans.items():
        labels[:, span] = int(name[1:])
    return labels


def columns(labels: LabelMap) -> list[int]:
    assert (labels == labels[0]).all()
    return [int(value) for value in labels[0]]


BOTH = pytest.mark.parametrize("compat", ["fixed", "reference"])


@BOTH
def test_a_mask_mostly_inside_a_class_is_taken_whole(compat: str) -> None:
    merged = merge(labels_with(c3=slice(4, 10)), [region(columns=slice(5, 13))], compat)
    assert columns(merged) == [0] * 4 + [3] * 9 + [0] * 7


@BOTH
def test_half_inside_is_not_enough(compat: str) -> None:
    labels = labels_with(c3=slice(4, 10))
    rejected = merge(labels, [region(columns=slice(8, 12))], compat)
    # `reference` clears what an examined mask covers; `fixed` lets a mask speak for the background
    # only by majority.
    assert (
        columns(rejected)
        == [0] * 4 + ([3] * 6 if compat == "fixed" else [3] * 4 + [0] * 2) + [0] * 10
    )


def test_fixed_lets_a_mask_that_is_mostly_background_clear_its_pixels() -> None:
    merged = merge(labels_with(c3=slice(4, 10)), [region(columns=slice(8, 14))], "fixed")
    assert columns(merged) == [0] * 4 + [3] * 4 + [0] * 12


@BOTH
def test_a_mask_that_covers_a_class_is_taken_though_mostly_outside(compat: str) -> None:
    merged = merge(labels_with(c3=slice(4, 7)), [region(columns=slice(2, 9))], compat)
    assert columns(merged) == [0] * 2 + [3] * 7 + [0] * 11


def test_the_background_guard_keeps_a_mask_of_everything_out() -> None:
    everything = [region(columns=slice(0, 20))]
    labels = labels_with(c3=slice(4, 11))
    assert columns(merge(labels, everything, "reference")) == [3] * 20
    # 0.65 of the mask and all of the background: 1.65 is no less than 1.3. It is mostly background,
    # but would clear all that there is.
    assert columns(merge(labels, everything, "fixed")) == columns(labels)
    # The other masks count as if it were not there.
    others = [region(columns=slice(5, 13)), region(columns=slice(3, 5))]
    merged = merge(labels, [*everything, *others], "fixed")
    np.testing.assert_array_equal(merged, merge(labels, others, "fixed"))


def test_masks_of_the_background_leave_foreground_where_together_they_would_clear_all() -> None:
    labels = labels_with(c3=slice(8, 12))
    halves = [region(columns=slice(0, 10)), region(columns=slice(10, 20))]
    assert columns(merge(labels, halves[:1], "fixed")) == [0] * 10 + [3] * 2 + [0] * 8
    np.testing.assert_array_equal(merge(labels, halves, "fixed"), labels)


@given(st.integers(0, 2**32 - 1))
def test_a_map_with_foreground_keeps_some(seed: int) -> None:
    labels, regions = discs(seed, 30)
    whole = region(columns=slice(0, 40), shape=labels.shape)
    assert merge(labels, [*regions, whole], "fixed").any() == labels.any()


def test_fixed_asks_for_a_third_of_the_mask_inside() -> None:
    labels = labels_with(c3=slice(4, 6))
    np.testing.assert_array_equal(merge(labels, [region(columns=slice(1, 8))], "fixed"), labels)
    assert (
        columns(merge(labels, [region(columns=slice(1, 8))], "reference"))
        == [0] + [3] * 7 + [0] * 12
    )


def test_fixed_asks_for_a_share_of_the_union() -> None:
    labels = np.zeros((40, 50), np.int32)
    labels[:, :40] = 3
    speck = region(columns=slice(0, 1), rows=slice(0, 2), shape=labels.shape)
    np.testing.assert_array_equal(merge(labels, [speck], "fixed"), labels)


@BOTH
def test_pixels_that_no_mask_covers_stay(compat: str) -> None:
    merged = merge(
        labels_with(c3=slice(4, 10), c5=slice(15, 18)), [region(columns=slice(4, 12))], compat
    )
    assert columns(merged) == [0] * 4 + [3] * 8 + [0] * 3 + [5] * 3 + [0] * 2


def test_where_masks_meet_fixed_takes_the_purer_and_reference_the_later_class() -> None:
    labels = labels_with(c3=slice(0, 8), c5=slice(8, 14))
    masks = [region(columns=slice(0, 9)), region(columns=slice(6, 14))]
    assert columns(merge(labels, masks, "fixed")) == [3] * 9 + [5] * 5 + [0] * 6
    assert columns(merge(labels, masks, "reference")) == [3] * 6 + [5] * 8 + [0] * 6


def test_reference_offers_a_taken_mask_to_no_later_class() -> None:
    labels = labels_with(c3=slice(0, 3), c5=slice(3, 8))
    # Covers class 3, so class 3 takes it, though most of it is class 5, which keeps its pixels as
    # leftovers.
    merged = merge(labels, [region(columns=slice(0, 8))], "reference")
    assert columns(merged) == [3] * 3 + [5] * 5 + [0] * 12
    assert columns(merge(labels, [region(columns=slice(0, 8))], "fixed")) == [5] * 8 + [0] * 12


@BOTH
def test_nothing_to_merge(compat: str) -> None:
    labels = labels_with(c3=slice(4, 10))
    np.testing.assert_array_equal(merge(labels, [], compat), labels)
    empty = np.zeros((10, 20), np.int32)
    np.testing.assert_array_equal(merge(empty, [region(columns=slice(0, 5))], compat), empty)
    full = np.full((10, 20), 919, np.int32)
    np.testing.assert_array_equal(merge(full, [region(columns=slice(0, 5))], compat), full)


def discs(seed: int, count: int) -> tuple[LabelMap, list[Region]]:
    rng = np.random.default_rng(seed)
    rows, cols = np.ogrid[:30, :40]

    def disc() -> NDArray[np.bool_]:
        y, x, radius = rng.uniform(0, 30), rng.uniform(0, 40), rng.uniform(2, 15)
        return np.asarray((rows - y) ** 2 + (cols - x) ** 2 < radius**2)

    labels = np.zeros((30, 40), np.int32)
    for label in (1, 7, 300):
        labels[disc()] = label
    masks = [mask for mask in (disc() for _ in range(count)) if mask.any()]
    return labels, [
        Region(
            mask=mask,
            score=float(rng.random()),
            stability=float(rng.random()),
            box=bounding_box(mask),
        )
        for mask in masks
    ]


@given(st.integers(0, 2**32 - 1))
def test_fixed_does_not_depend_on_the_order_and_equals_the_plain_rule(seed: int) -> None:
    labels, regions = discs(seed, 8)
    expected = merge(labels, regions, "fixed")
    for order in itertools.islice(itertools.permutations(regions), 0, None, 9973):
        np.testing.assert_array_equal(merge(labels, order, "fixed"), expected)
    if len(np.unique(labels)) > 1 and regions:
        np.testing.assert_array_equal(plain_merge(labels, regions), expected)
