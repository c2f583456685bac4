"""Coarse pixel labels, point and image label of one image, and how they are kept (method 8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.label_maps.encoded import EncodedMap, encode_map
from pass_ops.data.transforms.scales import ScaledImage
from pass_ops.engine.checkpoints.shards import Codec
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.pseudo_labels.object_label import most_confident_cluster
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller
from pass_ops.pseudo_labels.points import brightest_point


@dataclass(frozen=True, kw_only=True)
class CoarseImage:
    """What is found in an image.

    Attributes:
        labels: map [H, W], 0 background, else cluster id + 1.
        foreground: fraction of the area that is labelled.
        attention: float32 [h, w], at the resolution of the features.
        distances: float32 [K], squared, to all centroids.
        point: x and y of the brightest point, in pixels.
        label: 0-based cluster id, −2 for none.
    """

    labels: EncodedMap
    foreground: float
    attention: NDArray[np.float32]
    distances: NDArray[np.float32]
    point: tuple[int, int]
    label: int


@dataclass(frozen=True)
class CoarseOfImage:
    """Finds labels, point and image label of an image by the network.

    Attributes:
        labeller: gives each pixel its nearest cluster and its attention.
        threshold: attention in 0..1 from which a pixel is foreground.
        compat: fixed, or reference for the published brightest point.
    """

    labeller: PixelLabeller
    threshold: float
    compat: str

    def __call__(self, image: ScaledImage) -> CoarseImage:
        """What is found in `image`, at the sides of the labeller's config."""
        pixels = self.labeller(image)
        foreground = pixels.attention >= np.float32(self.threshold)
        labels = np.where(foreground, pixels.labels, 0).astype(np.int32)
        return CoarseImage(
            labels=encode_map(labels),
            foreground=float((labels > 0).mean()),
            attention=pixels.coarse_attention,
            distances=pixels.distances,
            point=brightest_point(pixels.attention, foreground, self.compat),
            label=most_confident_cluster(labels, pixels.cosine),
        )


def _keep(coarse: CoarseImage) -> Arrays:
    return {
        "labels": coarse.labels.png,
        "size": np.array([coarse.labels.height, coarse.labels.width]),
        "foreground": np.array(coarse.foreground),
        "attention": coarse.attention,
        "distances": coarse.distances,
        "point_and_label": np.array([*coarse.point, coarse.label]),
    }


def _coarse(_: str, kept: Arrays) -> CoarseImage:
    x, y, label = kept["point_and_label"].tolist()
    height, width = kept["size"].tolist()
    return CoarseImage(
        labels=EncodedMap(kept["labels"], height, width),
        foreground=float(kept["foreground"]),
        attention=kept["attention"],
        distances=kept["distances"],
        point=(x, y),
        label=label,
    )


COARSE_IMAGE = Codec[CoarseImage](_keep, _coarse)
"""Of what is found in an image."""
