"""Settings of steps 2.3 and 2.4 (method 7, 8)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.compat import COMPAT
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError

LAST_CLUSTERING = "clustering_3"
CENTROID_SETS = (LAST_CLUSTERING, "clustering_2")
"""Whose centroids can label pixels (method 7.2)."""


@dataclass(frozen=True, kw_only=True)
class PixelLabelConfig:
    """How pixels are labelled.

    Attributes:
        resize: side of the network's input, in pixels.
        scales: multiples of `resize` at which the image is seen; attention and cosines are averaged
            (method 24.12).
        attention: `raw` keeps the foreground map, `rank` puts the fraction of the image's pixels
            that have less attention in its place, so that a threshold adapts to each image.
        centroids: `clustering_3` labels pixels by the centroids that are given, `clustering_2` by
            those that they went on from.
        compat: `reference` squeezes the image into a square, `fixed` scales its shorter side.
    """

    resize: int = limited(default=256, low=16)
    scales: tuple[float, ...] = limited(default=(1.0,), low=0.25, high=4)
    attention: str = limited(default="raw", choices=("raw", "rank"))
    centroids: str = limited(default=LAST_CLUSTERING, choices=CENTROID_SETS)
    compat: str = limited(default="fixed", choices=COMPAT)

    @property
    def sides(self) -> tuple[int, ...]:
        """Sides to which an image is resized, the largest first."""
        return tuple(round(self.resize * scale) for scale in sorted(self.scales)[::-1])


@dataclass(frozen=True, kw_only=True)
class ThresholdConfig(PixelLabelConfig):
    """How pixels are labelled, and the thresholds that are tried.

    Attributes:
        min_percent, max_percent: limits of the scan, in percent of attention, both included.
        workers: processes that decode and scale, no more than cores; threads where little is to do.
    """

    min_percent: int = limited(default=30, low=0, high=100)
    max_percent: int = limited(default=60, low=0, high=100)
    workers: int = limited(default=8, low=1, high=256)

    def __post_init__(self) -> None:
        if self.min_percent > self.max_percent:
            raise ConfigError(
                f"min_percent ({self.min_percent}) exceeds max_percent ({self.max_percent})"
            )


@dataclass(frozen=True, kw_only=True)
class CoarseLabelsConfig(PixelLabelConfig):
    """How pixels are labelled, which must be as the search did it, and the cut.

    In `fixed`, the brightest point lies inside the object that gives the box.

    Attributes:
        threshold: attention from which a pixel is foreground; null for the search's result.
        workers: processes that decode and scale, no more than cores; threads where little is to do.
    """

    threshold: float | None = limited(default=None, low=0, high=1)
    workers: int = limited(default=8, low=1, high=256)
