"""Masks of everything: grid, filters, suppression."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.sam import AutomaticConfig
from pass_ops.engine.jittor import jt
from pass_ops.sam.automatic import all_regions, point_grid, stabilities, suppress
from pass_ops.sam.box import Box, bounding_box
from pass_ops.sam.frame import Frame
from pass_ops.sam.interface import Region


def region(box: Box, score: float) -> Region:
    """One of which only box and score count."""
    return Region(mask=np.ones((1, 1), bool), score=score, stability=1.0, box=box)


def test_points_are_the_centres_of_cells_row_by_row() -> None:
    grid = point_grid(2, (40, 80))
    assert grid.tolist() == [[20, 10], [60, 10], [20, 30], [60, 30]]
    assert grid.dtype == np.float32
    assert len(point_grid(32, (375, 500))) == 1024


def test_stability_is_the_iou_of_both_thresholds() -> None:
    logits = jt.array(np.float32([[[-2, -0.5, 0.5, 2, 3]], [[-5, -4, -5, -4, -5]]]))
    assert stabilities(logits, 1.0).tolist() == [2 / 4, 0]
    assert stabilities(logits, 0.0).tolist() == [1, 0]


def test_areas_above_what_a_float_can_count_are_counted() -> None:
    assert stabilities(jt.ones((1, 5000, 5000)), 0.5).tolist() == [1]


def plain_suppression(boxes: list[Box], scores: list[float], limit: float) -> list[int]:
    """Greedy suppression, pair by pair, boxes measured between first and last pixel."""
    survivors: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        overlaps = []
        for other in survivors:
            a, b = boxes[index], boxes[other]
            w = max(0, min(a[2], b[2]) - max(a[0], b[0]) - 1)
            h = max(0, min(a[3], b[3]) - max(a[1], b[1]) - 1)
            areas = sum((x1 - x0 - 1) * (y1 - y0 - 1) for x0, y0, x1, y1 in (a, b))
            overlaps.append(w * h / (areas - w * h))
        if all(overlap <= limit for overlap in overlaps):
            survivors.append(index)
    return survivors


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit", [0.2, 0.7])
def test_suppression_equals_the_plain_rule(seed: int, limit: float) -> None:
    generator = np.random.default_rng(seed)
    corners = generator.integers(0, 8, (40, 2))
    boxes = [
        (int(x), int(y), int(x + w), int(y + h))
        for (x, y), (w, h) in zip(corners, generator.integers(8, 20, (40, 2)), strict=True)
    ]
    scores = generator.normal(size=40).tolist()
    regions = [region(box, score) for box, score in zip(boxes, scores, strict=True)]
    survivors = suppress(regions, limit)
    assert survivors == plain_suppression(boxes, scores, limit)
    assert 1 < len(survivors) < 40


def test_nothing_is_left_of_nothing() -> None:
    assert suppress([], 0.7) == []


def test_filters_let_sure_and_stable_masks_through_once() -> None:
    batches: list[int] = []

    def decode(points: NDArray[np.float32], labels: NDArray[np.int32]) -> tuple[jt.Var, jt.Var]:
        """Three masks in each point's quarter: stable and sure, not stable, not sure."""
        assert labels.tolist() == [[1, -1]] * len(points)
        batches.append(len(points))
        logits = np.full((len(points), 3, 16, 16), -9, np.float32)
        for index, (x, y) in enumerate(points[:, 0]):
            row, column = int(y >= 32) * 8, int(x >= 32) * 8
            logits[index, :, row : row + 6, column : column + 6] = 9
            logits[index, 1, row : row + 5, column : column + 5] = 0.5
        scores = np.tile(np.float32([0.9, 0.95, 0.88]), (len(points), 1))
        scores[:, 0] += points[:, 0, 0] / 1000
        return jt.array(logits), jt.array(scores)

    # Four points per side: four in each quarter, whose masks are the same.
    regions = all_regions(
        decode, Frame((32, 64), 64), AutomaticConfig(points_per_side=4, points_per_batch=6)
    )
    assert batches == [6, 6, 4]
    # The image is the upper half of the square.
    assert [one.box[0] // 32 for one in regions] == [1, 0]
    assert [one.score for one in regions] == pytest.approx([0.956, 0.924])
    assert all(one.stability >= 0.95 and one.mask.shape == (32, 64) for one in regions)
    assert all(one.box == bounding_box(one.mask) for one in regions)
