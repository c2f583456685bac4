"""Settings of steps 2.3 and 2.4 (method 7, 8)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.representation import COMPAT
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True)
class PixelLabelConfig:
    """Attributes:
    resize: side of the network's input, in pixels.
    scales: multiples of `resize` at which the image is seen; attention and cosines are averaged
        (method 24.12).
    attention: `raw` keeps the foreground map, `rank` puts the fraction of the image's pixels that
        have less attention in its place, so that a threshold adapts to each image.
    compat: `reference` squeezes the image into a square, `fixed` scales its shorter side.
    """

    resize: int = limited(256, 16)
    scales: tuple[float, ...] = limited((1.0,), 0.25, 4)
    attention: str = limited("raw", choices=("raw", "rank"))
    compat: str = limited("fixed", choices=COMPAT)


@dataclass(frozen=True)
class ThresholdConfig(PixelLabelConfig):
    """How pixels are labelled, and the thresholds that are tried.

    Attributes:
        least, most: limits of the scan, in percent of attention, both included.
    """

    least: int = limited(30, 0, 100)
    most: int = limited(60, 0, 100)

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ConfigError(f"least ({self.least}) exceeds most ({self.most})")


@dataclass(frozen=True)
class CoarseLabelsConfig(PixelLabelConfig):
    """How pixels are labelled, which must be as the search did it, and the cut. In `fixed`, the
    brightest point lies inside the object that gives the box.

    Attributes:
        threshold: attention from which a pixel is foreground; null for the one that the search
            found.
    """

    threshold: float | None = limited(None, 0, 1)
