"""Cluster id and attention of every pixel (method 7.1)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.pseudo_labels import PixelLabelConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image, resize_nearest
from pass_ops.data.transforms.scales import ScaledImage, Scales
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.models.features import load_feature_network
from pass_ops.models.functional import resize
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller, ranks

CONFIG = PixelLabelConfig(resize=64)


def scaled(image: NDArray[np.uint8], config: PixelLabelConfig) -> ScaledImage:
    return Scales(config.sides, config.compat)(image)


@pytest.mark.parametrize("compat", ["fixed", "reference"])
def test_pixels_take_the_nearest_centroid_by_cosine(
    attention_weights: Path, clustered: Path, training_images: Images, compat: str
) -> None:
    centroids = Centroids.load(clustered / "centroids")
    image = next(
        image
        for image in map(training_images.image, training_images.keys)
        if image.shape[0] != image.shape[1]
    )
    height, width = image.shape[:2]
    config = PixelLabelConfig(resize=64, compat=compat)
    pixels = PixelLabeller(attention_weights, centroids, config)(scaled(image, config))

    network = load_feature_network(attention_weights)
    with jt.no_grad():
        features = network.features(jt.array(normalise([resize_image(image, 64, compat)])))
        attention = network.foreground(features)
        descriptor = to_numpy(network.pooled(features))[0]
        f = to_numpy(features)[0].astype(np.float64)
        enlarged = to_numpy(resize(attention, (height, width)))[0, 0]
    rows, columns = f.shape[1:]
    assert (rows == columns) == (compat == "reference")
    units = centroids.values / np.linalg.norm(centroids.values, axis=1, keepdims=True)
    cosines = np.einsum("kc,chw->khw", units, f / np.linalg.norm(f, axis=0))
    # Feature cells whose two best centroids are a rounding error apart may go either way.
    ranked = np.sort(cosines, axis=0)
    clear = resize_nearest(ranked[-1] - ranked[-2] > 1e-4, height, width)
    assert clear.mean() > 0.9
    expected = resize_nearest(cosines.argmax(axis=0) + 1, height, width)
    assert pixels.labels.shape == (height, width)
    assert pixels.labels.dtype == np.int32
    np.testing.assert_array_equal(pixels.labels[clear], expected[clear])
    np.testing.assert_allclose(
        pixels.cosine, resize_nearest(cosines.max(axis=0), height, width), atol=1e-4
    )
    # The attention is resized bilinearly, by half-pixel centres.
    np.testing.assert_allclose(pixels.attention, enlarged, atol=1e-4)
    np.testing.assert_allclose(pixels.coarse_attention, to_numpy(attention)[0, 0], atol=1e-6)
    unit = descriptor / np.linalg.norm(descriptor)
    expected = ((unit - centroids.values) ** 2).sum(axis=1)
    np.testing.assert_allclose(pixels.distances, expected, atol=1e-5)


def test_the_length_of_a_centroid_does_not_matter(
    attention_weights: Path, clustered: Path, training_images: Images
) -> None:
    centroids = Centroids.load(clustered / "centroids")
    factors = np.linspace(0.5, 1, len(centroids.values), dtype=np.float32)[:, None]
    shorter = dataclasses.replace(centroids, values=centroids.values * factors)
    image = training_images.image(training_images.keys[0])
    first, second = (
        PixelLabeller(attention_weights, each, CONFIG)(scaled(image, CONFIG))
        for each in (centroids, shorter)
    )
    assert (first.labels == second.labels).mean() > 0.99


def test_centroids_of_another_network_are_refused(attention_weights: Path) -> None:
    centroids = Centroids(
        values=np.full((6, 8), 0.3, np.float32), label_space="clustering-1", objectives=(1.0,)
    )
    with pytest.raises(ArtifactError, match="features of length 32, the centroids have 8"):
        PixelLabeller(attention_weights, centroids, CONFIG)


def test_scales_are_averaged_at_the_resolution_of_the_largest(
    attention_weights: Path, clustered: Path, training_images: Images
) -> None:
    centroids, image = (
        Centroids.load(clustered / "centroids"),
        training_images.image(training_images.keys[0]),
    )
    configs = (dataclasses.replace(CONFIG, scales=scales) for scales in ((1,), (2,), (1, 2)))
    small, large, both = (
        PixelLabeller(attention_weights, centroids, config)(scaled(image, config)).coarse_attention
        for config in configs
    )
    assert both.shape == large.shape == tuple(2 * side for side in small.shape)
    enlarged = to_numpy(resize(jt.array(small[None, None]), large.shape))[0, 0]
    np.testing.assert_allclose(both, (enlarged + large) / 2, atol=1e-5)


def test_ranked_attention_has_the_same_area_above_a_threshold_in_every_image(
    attention_weights: Path, clustered: Path, training_images: Images
) -> None:
    config = dataclasses.replace(CONFIG, attention="rank")
    labeller = PixelLabeller(attention_weights, Centroids.load(clustered / "centroids"), config)
    for key in training_images.keys[:3]:
        pixels = labeller(scaled(training_images.image(key), config))
        assert (pixels.coarse_attention >= 0.6).mean() == pytest.approx(0.4, abs=0.01)


def test_ranks_by_hand() -> None:
    values = np.float32([[0.3, 0.1, 0.9], [0.1, 0.5, 0.95]])
    np.testing.assert_allclose(ranks(values), [[0.4, 0.1, 0.8], [0.1, 0.6, 1.0]], rtol=1e-6)
    assert ranks(np.float32([[0.5]])).tolist() == [[0.0]]
