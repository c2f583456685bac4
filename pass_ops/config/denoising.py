"""Settings of label denoising (method 6.6, 9.5, 9.6)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.compat import COMPAT
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.config.schema import limited


@dataclass(frozen=True, kw_only=True)
class DistanceSelectionConfig:
    """Selection of images by their distances to the centroids, and its repetition (method 6.6).

    Attributes:
        compat: score; `reference` takes the margin of the two nearest squared distances, `fixed`
            the nearest centroid's probability among the three nearest.
        temperature: squared distance that divides a probability by e.
        threshold: score that an image must exceed; null for the one that `keep_fraction` asks for.
        keep_fraction: part of all images whose scores pass.
        oversize_ratio: clusters above this multiple of the mean size keep at most the mean size.
        min_per_cluster: images that every cluster keeps whatever their scores, if it has as many;
            wins over `oversize_ratio`.
        max_repeat: most times that an image of a small cluster counts.
        max_rounds: most times that selection and clustering are repeated; 0 for clustering 2 in
            place of clustering 3.
        convergence_tolerance: fraction of images with a new label below which they end.
    """

    compat: str = limited(default="fixed", choices=COMPAT)
    temperature: float = limited(default=0.1, low=1e-3)
    threshold: float | None = limited(default=None, low=0, high=4)
    keep_fraction: float = limited(default=0.665, low=0.01, high=1)
    oversize_ratio: float = limited(default=1.45, low=1)
    min_per_cluster: int = limited(default=200, low=1)
    max_repeat: int = limited(default=2, low=1)
    max_rounds: int = limited(default=3, low=0)
    convergence_tolerance: float = limited(default=0.01, low=0, high=1)


@dataclass(frozen=True, kw_only=True)
class InferenceConfig(CentreCropConfig):
    """Image labels by a classifier (method 9.5, 9.6).

    Attributes:
        relabel_margin: by how much more probable than the label so far another one must be to take
            its place, in the labels of c and d, which paint masks; 0 for the most probable one.
    """

    relabel_margin: float = limited(default=0.0, low=0, high=1)


@dataclass(frozen=True, kw_only=True)
class SmallLossConfig:
    """Selection and correction of image labels by a classifier's losses (method 9.5).

    Attributes:
        compat: `reference` keeps the globally smallest losses, `fixed` what a mixture per cluster
            calls clean.
        min_posterior: probability of being clean that an image must exceed.
        relabel_confidence: confidence that a prediction must exceed to replace the label of an
            image that is not clean.
        max_class_ratio: multiple of the median class size that a class keeps at most.
        min_per_class: images that every class keeps whatever their losses, if it has as many; wins
            over `max_class_ratio`.
        min_for_mixture: clusters with fewer images are judged by one mixture of all images.
        keep_fraction: part of the images that `reference` keeps.
    """

    compat: str = limited(default="fixed", choices=COMPAT)
    min_posterior: float = limited(default=0.5, low=0, high=1)
    relabel_confidence: float = limited(default=0.9, low=0, high=1)
    max_class_ratio: float = limited(default=1.5, low=1)
    min_per_class: int = limited(default=100, low=1)
    min_for_mixture: int = limited(default=100, low=2)
    keep_fraction: float = limited(default=0.7, low=0.01, high=1)
