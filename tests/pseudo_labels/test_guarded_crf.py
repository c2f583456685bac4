"""The guard of a dense CRF (method 10.1)."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.config.parts.crf import CRF_PRESETS
from pass_ops.data.label_maps.shrinkage import shrinkage
from pass_ops.pseudo_labels.dense_crf import dense_crf
from pass_ops.pseudo_labels.guarded_crf import GuardedCrf


def test_a_map_that_loses_more_than_it_may_stays_as_it_was() -> None:
    # A few pixels of foreground on a plain picture, which the field takes for noise.
    rgb = np.full((36, 48, 3), 90, np.uint8)
    labels = np.zeros((36, 48), np.int32)
    labels[10:12, 10:12] = 3
    parameters = CRF_PRESETS["pseudo-labels"]
    after = dense_crf(rgb, labels, parameters)
    lost = shrinkage(labels, after)
    assert lost > 0.5
    np.testing.assert_array_equal(GuardedCrf(parameters)(rgb, labels), after)
    np.testing.assert_array_equal(GuardedCrf(parameters, lost)(rgb, labels), after)
    assert GuardedCrf(parameters, lost - 0.01)(rgb, labels) is labels


@pytest.mark.parametrize("preset", CRF_PRESETS)
def test_a_map_without_foreground_has_nothing_to_lose(preset: str) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (36, 48, 3)).astype(np.uint8)
    labels = np.zeros((36, 48), np.int32)
    assert GuardedCrf(CRF_PRESETS[preset], 0.0)(rgb, labels) is labels
