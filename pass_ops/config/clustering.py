"""Settings of step 2.2 (ALGORITHMS 6)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True)
class ClusteringConfig:
    """Attributes:
    classes: number of clusters; null for as many as the data set has categories.
    iterations, restarts: of k-means; the restart with the best objective is kept.
    resize, crop: sides in pixels of the shrunk image and of its centre that descriptors are computed of.
    batch_size: images per forward pass.
    seed: of k-means.
    """

    classes: int | None = limited(None, 2)
    iterations: int = limited(20, 1)
    restarts: int = limited(30, 1)
    resize: int = limited(256, 16)
    crop: int = limited(224, 16)
    batch_size: int = limited(32, 1)
    seed: int = limited(31, 0)
