"""Settings of steps 2.3 and 2.4 (ALGORITHMS 7, 8)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.representation import COMPAT
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True)
class ThresholdConfig:
    """Attributes:
    least, most: limits of the scan, in percent of attention, both included.
    resize: side of the network's input, in pixels.
    compat: `reference` squeezes the image into a square, `fixed` scales its shorter side.
    """

    least: int = limited(30, 0, 100)
    most: int = limited(60, 0, 100)
    resize: int = limited(256, 16)
    compat: str = limited("fixed", choices=COMPAT)

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ConfigError(f"least ({self.least}) exceeds most ({self.most})")


@dataclass(frozen=True)
class CoarseLabelsConfig:
    """Attributes:
    threshold: attention from which a pixel is foreground; null for the one that the search found.
    resize, compat: as in `ThresholdConfig`; `fixed` also keeps the brightest point inside the object that gives the box.
    """

    threshold: float | None = limited(None, 0, 1)
    resize: int = limited(256, 16)
    compat: str = limited("fixed", choices=COMPAT)
