"""The numbers of a run's result, step by step, by name."""

from __future__ import annotations

import math

from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.scoring.metrics import DECOMPOSITION
from pass_ops.evaluation.scoring.names import scoped

Figures = dict[str, float]


def figures(result: Result) -> Figures:
    """Every number that a run measured, in the order of the method's steps.

    Args:
        result: of a run; what it could not measure (NaN) is left out.

    Returns:
        Fractions 0..1 by names that say step, split and metric; seconds of all stages, and the
        largest of their peaks in MB, at the end.
    """
    numbers: Figures = {}
    for features in result.learning:
        numbers[f"features, {features.features}: k-means, train"] = features.kmeans_accuracy
        numbers[f"features, {features.features}: neighbours, validation"] = features.knn_accuracy
    for labels in result.label_quality:
        numbers[f"labels, {labels.step}: accuracy, train"] = labels.accuracy
        numbers[f"labels, {labels.step}: NMI, train"] = labels.nmi
        numbers[f"labels, {labels.step}: coverage, train"] = labels.coverage
    for masks in result.mask_quality:
        for split, metrics in (("validation", masks.validation), ("test", masks.test)):
            for name in ("miou", *DECOMPOSITION, "boundary_miou", "f"):
                if name in metrics:
                    numbers[f"masks, {masks.step}: {name}, {split}"] = metrics[name]
    numbers |= {f"whole run: {name}": value for name, value in result.scores().items()}
    for baseline, splits in result.baselines.items():
        for split, metrics in splits.items():
            for name, value in scoped(split, metrics).items():
                numbers[f"baseline, {baseline}: {name}"] = value
    numbers |= {f"without masks: {name}": value for name, value in result.label_free.items()}
    numbers["seconds of all stages"] = sum(stage.seconds for stage in result.stages)
    numbers["peak MB"] = max((stage.peak_rss_mb for stage in result.stages), default=math.nan)
    return {name: value for name, value in numbers.items() if math.isfinite(value)}
