"""The evaluator against the published evaluation's arithmetic: `make bench ONLY=evaluator`.

500 x 375 pixels, 50 classes. `evaluator_curve` and `evaluator_full` work on the same arrays in memory and their results are
asserted to be equal; the published arithmetic is timed on 8 of the 752 images and scaled, which is exact as it works
image by image. `evaluator_two_processes` reads label PNGs, as `pass-ops evaluate` does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import cv2
import numpy as np

from benchmarks import published_metrics as published
from benchmarks.scenes import CLASSES, Scene, scene, segmented, write_folder
from pass_ops.evaluation.assignment import largest_assignment
from pass_ops.evaluation.counts import count_image
from pass_ops.evaluation.curve import ThresholdCurve
from pass_ops.evaluation.evaluate import evaluate
from pass_ops.evaluation.folders import PredictionFolder, open_masks
from pass_ops.evaluation.metrics import Scores

IMAGES, SUBSET = 752, 8
PERCENTS = range(30, 61)
T = TypeVar("T")


def main() -> None:
    cv2.setNumThreads(1)
    scenes = [scene(number) for number in range(SUBSET)]
    race_curve(scenes)
    race_full(scenes)
    race_processes()
    race_assignment()


def race_curve(scenes: list[Scene]) -> None:
    """The 31-threshold curve of all images."""

    def ours() -> list[dict[str, float]]:
        curve = ThresholdCurve(CLASSES)
        for number in range(IMAGES):
            image = scenes[number % SUBSET]
            curve.add(image.attention, image.labels, image.truth)
        return [{"miou": point.miou, "acc": point.acc, "f": point.f} for point in curve.points(PERCENTS)]

    def theirs(metrics: Callable[[list[published.Pair], int], dict[str, float]]) -> list[dict[str, float]]:
        rows = []
        for percent in PERCENTS:
            cut = [(s.truth, np.where(s.attention >= np.float32(percent / 100), s.labels, 0)) for s in scenes]
            classes = published.match(cut, CLASSES)
            rows.append(metrics([(truth, classes[labels]) for truth, labels in cut], CLASSES))
        return rows

    seconds, found = _timed(ours)
    everything, expected = _timed(lambda: theirs(published.all_metrics))
    regions, _ = _timed(lambda: theirs(published.region_metrics))
    for row, wanted in zip(found, expected, strict=True):
        _assert_equal(row, {name: wanted[name] for name in row})
    scale = IMAGES / SUBSET
    _print("evaluator_curve", everything * scale / seconds, 60, "x the published curve, which has every metric")
    _print("evaluator_curve_regions", regions * scale / seconds, None, "x the same without its boundaries and sizes")


def race_full(scenes: list[Scene]) -> None:
    """Every metric at one threshold."""
    pairs = [(image.truth, segmented(image)) for image in scenes]

    def ours() -> dict[str, float]:
        scores = Scores(CLASSES)
        for number in range(IMAGES):
            truth, labels = pairs[number % SUBSET]
            scores.add(count_image(truth, labels, CLASSES))
        return scores.under(scores.matching()).metrics

    def theirs() -> dict[str, float]:
        classes = published.match(pairs, CLASSES)
        return published.all_metrics([(truth, classes[labels]) for truth, labels in pairs], CLASSES)

    seconds, found = _timed(ours)
    plain, expected = _timed(theirs)
    _assert_equal(found, expected)
    _print("evaluator_full", plain * IMAGES / SUBSET / seconds, 8, "x the published arithmetic")


def race_processes() -> None:
    """Two processes against one, files to figures, the start of the processes included."""
    with TemporaryDirectory() as folder:
        write_folder(Path(folder), IMAGES, 64)
        truth = open_masks(folder, "validation", Path(folder))
        predictions = PredictionFolder(Path(folder) / "predictions", truth)
        one, alone = _timed(lambda: evaluate(predictions, truth, workers=1), time.perf_counter)
        two, shared = _timed(lambda: evaluate(predictions, truth, workers=2), time.perf_counter)
    assert repr(alone) == repr(shared)
    _print("evaluator_two_processes", one / two, 1.8, "x one process")


def race_assignment() -> None:
    """The assignment of 50 clusters to 50 classes, ties by rule, against munkres."""
    together = np.random.default_rng(0).integers(0, 10**6, (50, 50))
    repeats = 200
    seconds, (columns, *_) = _timed(lambda: [largest_assignment(together) for _ in range(repeats)])
    plain, pairs = _timed(lambda: published.munkres(together))
    assert together[np.arange(50), columns].sum() == sum(together[pair] for pair in pairs)
    _print("assignment_50", plain / (seconds / repeats), 50, "x munkres")


def _timed(work: Callable[[], T], clock: Callable[[], float] = time.process_time) -> tuple[float, T]:
    """Seconds that `work` took, of this process unless `clock` says otherwise, and its result."""
    start = clock()
    result = work()
    return clock() - start, result


def _assert_equal(found: dict[str, float], expected: dict[str, float]) -> None:
    assert found.keys() == expected.keys()
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], rtol=0, atol=1e-9, err_msg=name)


def _print(name: str, ratio: float, floor: float | None, unit: str) -> None:
    print(json.dumps({"name": name, "ratio": round(ratio, 2), "floor": floor, "unit": unit}), flush=True)


if __name__ == "__main__":
    main()
