"""Features of every place of an image."""

from __future__ import annotations

import numpy as np

from pass_ops.config.evaluation import DistanceConfig
from pass_ops.evaluation.protocols.dense_features import describe_with


def test_features_are_those_of_the_last_block_enlarged_four_times(pretrained, training_images):
    describe = describe_with(pretrained / "last", DistanceConfig(resize=64))
    image = np.ascontiguousarray(training_images.image(training_images.keys[0]))[:48, :48]
    features = describe(image)
    assert features.shape == (16, 16, 32)  # Output stride 16, width 4.
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert np.array_equal(describe(image), features)
    assert not np.allclose(describe(image[::-1].copy()), features)
