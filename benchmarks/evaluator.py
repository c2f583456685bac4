"""The evaluator against the published evaluation's arithmetic: `make bench ONLY=evaluator`.

500 x 375 pixels, 50 classes. `evaluator_curve` and `evaluator_full` work on the same arrays in
memory and their results are asserted to be equal; the published arithmetic is timed on 8 of the 752
images and scaled, which is exact as it works image by image. `evaluator_two_processes` and
`evaluator_memory` run `pass-ops evaluate` on 12 419 pairs of label PNGs of 919 classes, 64 of which
differ. Single processes are timed by the processor, so that others on the machine disturb them
little; two processes need two idle cores.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import cv2
import numpy as np

from benchmarks.parts import published_metrics as published
from benchmarks.parts.machine import report_two_processes
from benchmarks.parts.report import report
from benchmarks.parts.scenes import CLASSES, Scene, scene, segmented, write_folder
from pass_ops.clustering.assignment import largest_assignment
from pass_ops.evaluation.curve.threshold_curve import ThresholdCurve
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.split_scores import Scores

IMAGES, SUBSET = 752, 8
FULL_IMAGES, FULL_CLASSES = 12_419, 919
PERCENTS = range(30, 61)
T = TypeVar("T")


def main() -> None:
    """Run all races."""
    cv2.setNumThreads(1)
    scenes = [scene(number) for number in range(SUBSET)]
    race_curve(scenes)
    race_full(scenes)
    race_processes()
    report_two_processes()
    race_assignment()


def race_curve(scenes: list[Scene]) -> None:
    """The 31-threshold curve of all images."""

    def ours() -> list[dict[str, float]]:
        curve = ThresholdCurve(CLASSES)
        for number in range(IMAGES):
            image = scenes[number % SUBSET]
            curve.add(image.attention, image.labels, image.truth)
        return [
            {"miou": point.miou, "acc": point.acc, "f": point.f} for point in curve.points(PERCENTS)
        ]

    def theirs(
        metrics: Callable[[list[published.Pair], int], dict[str, float]],
    ) -> list[dict[str, float]]:
        rows = []
        for percent in PERCENTS:
            foreground = [
                (s.truth, np.where(s.attention >= np.float32(percent / 100), s.labels, 0))
                for s in scenes
            ]
            classes = published.match(foreground, CLASSES)
            matched = [(truth, classes[labels]) for truth, labels in foreground]
            rows.append(metrics(matched, CLASSES))
        return rows

    seconds, points = _timed(ours)
    everything, expected = _timed(lambda: theirs(published.all_metrics))
    regions, _ = _timed(lambda: theirs(published.region_metrics))
    for point, row in zip(points, expected, strict=True):
        _assert_equal(point, {name: row[name] for name in point})
    scale = IMAGES / SUBSET
    report(
        name="evaluator_curve",
        ratio=everything * scale / seconds,
        floor=60,
        unit="x the published curve, which has every metric",
    )
    report(
        name="evaluator_curve_regions",
        ratio=regions * scale / seconds,
        floor=None,
        unit="x the same without its boundaries and sizes",
    )


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

    seconds, metrics = _timed(ours)
    plain, expected = _timed(theirs)
    # We may have metrics that were not published.
    _assert_equal({name: metrics[name] for name in expected}, expected)
    report(
        name="evaluator_full",
        ratio=plain * IMAGES / SUBSET / seconds,
        floor=8,
        unit="x the published arithmetic",
    )


def race_processes() -> None:
    """Wall time of `pass-ops evaluate` by one process and by two, on as many images as S919 has."""
    with TemporaryDirectory() as folder:
        write_folder(root=Path(folder), images=FULL_IMAGES, classes=FULL_CLASSES, distinct=64)
        one, alone, memory = _command(folder, 1)
        two, shared, _ = _command(folder, 2)
    assert alone == shared
    report(name="evaluator_two_processes", ratio=one / two, floor=1.8, unit="x one process")
    report(
        name="evaluator_memory",
        ratio=500 / memory,
        floor=1,
        unit=f"x below 500 MiB: {memory:.0f} MiB for {FULL_IMAGES} images, 919 classes",
    )


def _command(folder: str, workers: int) -> tuple[float, str, float]:
    """Run `pass-ops evaluate`.

    Args:
        folder: that `write_folder` wrote.
        workers: processes.

    Returns:
        Seconds, the last line of output, and peak MiB of the largest process.
    """
    program = [sys.executable, "-c", "from pass_ops.cli import app; app()"]
    command = [*program, "evaluate", f"{folder}/predictions", folder, "--workers", str(workers)]
    start = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - start
    return (
        seconds,
        output.splitlines()[-1],
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    )


def race_assignment() -> None:
    """The assignment of 50 clusters to 50 classes, ties by rule, against munkres."""
    together = np.random.default_rng(0).integers(0, 10**6, (50, 50))
    repeats = 200
    seconds, (columns, *_) = _timed(lambda: [largest_assignment(together) for _ in range(repeats)])
    plain, pairs = _timed(lambda: published.munkres(together))
    assert together[np.arange(50), columns].sum() == sum(together[pair] for pair in pairs)
    report(name="assignment_50", ratio=plain / (seconds / repeats), floor=50, unit="x munkres")


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """Processor seconds that `work` took, and its result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def _assert_equal(metrics: dict[str, float], expected: dict[str, float]) -> None:
    """Assert that ours are those of the published arithmetic.

    Args:
        metrics: ours by short name.
        expected: the published ones.
    """
    assert metrics.keys() == expected.keys()
    for name, value in metrics.items():
        np.testing.assert_allclose(value, expected[name], rtol=0, atol=1e-9, err_msg=name)


if __name__ == "__main__":
    main()
