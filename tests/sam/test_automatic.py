"""Masks of everything: grid, filters, suppression."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.sam import AutomaticConfig
from pass_ops.sam.automatic import all_regions, bounding_box, point_grid, stability, suppress
from pass_ops.sam.interface import Region
from pass_ops.sam.preprocess import Frame


def region(box: tuple[int, int, int, int], score: float) -> Region:
    return Region(mask=np.ones((1, 1), bool), score=score, stability=1.0, box=box)


def test_points_are_the_centres_of_cells_row_by_row() -> None:
    grid = point_grid(2, (40, 80))
    assert grid.tolist() == [[20, 10], [60, 10], [20, 30], [60, 30]]
    assert grid.dtype == np.float32
    assert len(point_grid(32, (375, 500))) == 1024


def test_stability_is_the_iou_of_both_thresholds() -> None:
    logits = np.float32([-2, -0.5, 0.5, 2, 3])
    assert stability(logits, 1.0) == 2 / 4
    assert stability(logits, 0.0) == 1
    assert stability(np.float32([-5, -4]), 1.0) == 0


def test_boxes_have_exclusive_maxima() -> None:
    mask = np.zeros((5, 7), bool)
    mask[2, 3] = True
    assert bounding_box(mask) == (3, 2, 4, 3)
    mask[4, 0] = True
    assert bounding_box(mask) == (0, 2, 4, 5)


def plain_suppression(
    boxes: list[tuple[int, int, int, int]], scores: list[float], limit: float
) -> list[int]:
    """Greedy suppression, pair by pair, boxes measured between first and last pixel."""
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        overlaps = []
        for other in kept:
            a, b = boxes[index], boxes[other]
            w = max(0, min(a[2], b[2]) - max(a[0], b[0]) - 1)
            h = max(0, min(a[3], b[3]) - max(a[1], b[1]) - 1)
            areas = sum((x1 - x0 - 1) * (y1 - y0 - 1) for x0, y0, x1, y1 in (a, b))
            overlaps.append(w * h / (areas - w * h))
        if all(overlap <= limit for overlap in overlaps):
            kept.append(index)
    return kept


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
    found = suppress([region(box, score) for box, score in zip(boxes, scores, strict=True)], limit)
    assert found == plain_suppression(boxes, scores, limit)
    assert 1 < len(found) < 40


def test_nothing_is_left_of_nothing() -> None:
    assert suppress([], 0.7) == []


def test_filters_keep_sure_and_steady_masks_once() -> None:
    asked: list[int] = []

    def decode(
        points: NDArray[np.float32], labels: NDArray[np.int32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Three masks around each point's quarter: steady and sure, the same but unsteady, the same
        but unsure.
        """
        assert labels.tolist() == [[1, -1]] * len(points)
        asked.append(len(points))
        logits = np.full((len(points), 3, 16, 16), -9, np.float32)
        for index, (x, y) in enumerate(points[:, 0]):
            row, column = int(y >= 32) * 8, int(x >= 32) * 8
            logits[index, :, row : row + 6, column : column + 6] = 9
            logits[index, 1, row : row + 5, column : column + 5] = 0.5
        scores = np.tile(np.float32([0.9, 0.95, 0.88]), (len(points), 1))
        scores[:, 0] += points[:, 0, 0] / 1000
        return logits, scores

    # Four points per side: four in each quarter, whose masks are the same.
    regions = all_regions(
        decode, Frame((32, 64), 64), AutomaticConfig(points_per_side=4, points_per_batch=6)
    )
    assert asked == [6, 6, 4]
    # The image is the upper half of the square.
    assert [found.box[0] // 32 for found in regions] == [1, 0]
    assert [found.score for found in regions] == pytest.approx([0.956, 0.924])
    assert all(found.stability >= 0.95 and found.mask.shape == (32, 64) for found in regions)
    assert all(found.box == bounding_box(found.mask) for found in regions)
