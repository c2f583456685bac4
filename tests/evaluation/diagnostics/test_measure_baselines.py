"""The baselines of a data set as a stage."""

from __future__ import annotations

import json

import pytest

from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines


def test_metrics_without_a_value_are_null_and_validation_is_returned(
    training_images, splits, tmp_path
):
    path = tmp_path / "baselines.json"
    metrics = measure_baselines(training_images, splits, path)
    values = json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(name))
    assert list(values) == ["all_background", "ellipse_colour"]
    assert list(values["ellipse_colour"]) == ["validation", "test"]
    assert metrics == {
        f"{name}/validation/miou": of_splits["validation"]["miou"]
        for name, of_splits in values.items()
    }
