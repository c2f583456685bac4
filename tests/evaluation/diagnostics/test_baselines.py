"""Predictions without learning."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.diagnostics.baselines import baselines


def test_baselines_of_the_synthetic_set(training_images, splits):
    scores = baselines(training_images, splits)
    assert repr(scores) == repr(baselines(training_images, splits))
    background = np.mean(
        [(splits["test"].truth.mask(key) == 0).mean() for key in splits["test"].truth.keys]
    )
    for split in ("validation", "test"):
        nothing, ellipses = scores["all_background"][split], scores["ellipse_colour"][split]
        assert nothing["miou"] == pytest.approx(background / 7, abs=0.03)
        assert nothing["acc"] == nothing["f"] == 0
        assert nothing["miou"] < ellipses["miou"] < 0.6
        assert ellipses["f"] > 0.3
