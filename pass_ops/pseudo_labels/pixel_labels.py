"""Cluster id and foreground attention of every pixel (method 7.1)."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.rows import squared_distances, unit_rows
from pass_ops.config.pseudo_labels import PixelLabelConfig
from pass_ops.data.ids import LabelMap
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.data.transforms.scales import ScaledImage
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.models.features import load_feature_network
from pass_ops.models.functional import l2_normalise, resize
from pass_ops.paths import WeightsPath


@dataclass(frozen=True, kw_only=True)
class PixelLabels:
    """What is known of an image's pixels.

    Attributes:
        labels: [H, W] int32 in 1…K: nearest centroid by cosine, plus 1; no threshold applied.
        attention: [H, W] float32 in [0, 1], foreground map.
        cosine: [H, W] float32, the nearest centroid's cosine.
        coarse_attention: [h, w] float32, the foreground map at the resolution of the largest
            scale's features.
        distances: [K] float32, squared distances of the image's pooled descriptor, as a unit
            vector, to the centroids.
    """

    labels: LabelMap
    attention: NDArray[np.float32]
    cosine: NDArray[np.float32]
    coarse_attention: NDArray[np.float32]
    distances: NDArray[np.float32]


class PixelLabeller:
    """Labels pixels with the centroids of one label space.

    Args:
        weights: folder of a pixel-attention network.
        centroids: cluster centres of that network's pooled descriptors.
        config: what the network sees, and what becomes of its attention.

    Raises:
        ArtifactError: features and centroids differ in length.
    """

    def __init__(
        self, weights: WeightsPath, centroids: Centroids, config: PixelLabelConfig
    ) -> None:
        self.network = load_feature_network(weights)
        *_, channels = self.network.backbone.channels
        if channels != centroids.values.shape[1]:
            raise ArtifactError(
                f"{weights} gives features of length {channels}, the centroids have "
                f"{centroids.values.shape[1]}: take centroids that were made with these weights"
            )
        self._centroids = centroids.values
        self._directions = jt.array(unit_rows(centroids.values)[:, :, None, None])
        self.config = config

    def __call__(self, image: ScaledImage) -> PixelLabels:
        """Label the pixels of an image, which is given at `config.sides`."""
        height, width = image.size
        with jt.no_grad():
            seen = [self._maps(pixels) for pixels in image.scales]
            pyramid = [maps for maps, _ in seen]
            size = tuple(pyramid[0].shape[2:])
            mean = sum(resize(maps, size) for maps in pyramid) / len(pyramid)
            # The cosines of all clusters stay on the device.
            coarse = to_numpy(mean[0, 0])
            nearest, cosine = (to_numpy(one) for one in jt.argmax(mean[0, 1:], 0))
            descriptor = to_numpy(sum(pooled for _, pooled in seen) / len(seen))
        if self.config.attention == "rank":
            coarse = ranks(coarse)
        attention = np.asarray(
            cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
        )
        return PixelLabels(
            labels=resize_nearest(nearest.astype(np.int32) + 1, height, width),
            attention=attention,
            cosine=resize_nearest(cosine, height, width),
            coarse_attention=coarse,
            distances=squared_distances(unit_rows(descriptor), self._centroids)[0],
        )

    def _maps(self, pixels: NDArray[np.float32]) -> tuple[jt.Var, jt.Var]:
        """Attention and all cosines at one scale [1, 1 + K, h, w], and the descriptor [1, C].

        Args:
            pixels: normalised image [1, 3, H, W].
        """
        features = self.network.features(jt.array(pixels))
        cosines = jt.nn.conv2d(l2_normalise(features), self._directions)
        maps = jt.concat([self.network.foreground(features), cosines], dim=1)
        return maps, self.network.pooled(features)


def ranks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The fraction of the other values that are smaller, in place of each value.

    Args:
        values: of any shape; equal ones share their mean rank.

    Returns:
        float32 of the same shape, 0…1.
    """
    # Here, as `scipy.stats` takes half a second of processor time to import.
    from scipy.stats import rankdata

    return (
        ((rankdata(values, axis=None) - 1) / max(1, values.size - 1))
        .reshape(values.shape)
        .astype(np.float32)
    )


def pixel_settings(config: PixelLabelConfig) -> dict[str, object]:
    """The settings that two stages must share for a threshold to mean the same."""
    values = {field.name: getattr(config, field.name) for field in fields(PixelLabelConfig)}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
