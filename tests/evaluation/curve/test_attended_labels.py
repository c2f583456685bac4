"""Labels and attention on disk, scored at single thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.curve.attended_labels import metrics_at, write_attended_labels
from pass_ops.evaluation.curve.threshold_curve import ThresholdCurve


@pytest.mark.parametrize("percent", [0, 30, 55, 100])
def test_metrics_at_a_threshold_are_those_of_the_curve(splits, labels, tmp_path, percent):
    truth = splits["validation"].truth
    rng = np.random.default_rng(0)
    curve = ThresholdCurve(len(truth.categories))
    with write_attended_labels(tmp_path) as writer:
        for key in truth.keys:
            attention = rng.random(labels[key].shape, dtype=np.float32)
            # Every pixel has a cluster before a threshold is applied.
            clusters = np.maximum(labels[key], 1)
            curve.add(attention, clusters, truth.mask(key))
            writer.add(key, attention, clusters)
    (point,) = curve.points([percent])
    metrics = metrics_at(percent, tmp_path, truth)
    assert {name: metrics[name] for name in ("miou", "acc", "f")} == pytest.approx(
        {"miou": point.miou, "acc": point.acc, "f": point.f}
    )
