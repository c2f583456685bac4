"""Settings of step 2.2 (ALGORITHMS 6)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.representation import COMPAT
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True)
class ClusteringConfig:
    """Attributes:
    iterations, restarts: of k-means; the restart with the best objective is kept.
    resize, crop: sides in pixels of the shrunk image and of its centre that descriptors are computed of.
    compat: `reference` squeezes the image into a square, `fixed` scales its shorter side.
    batch_size: images per forward pass.
    seed: of k-means.
    """

    iterations: int = limited(20, 1)
    restarts: int = limited(30, 1)
    resize: int = limited(256, 16)
    crop: int = limited(224, 16)
    batch_size: int = limited(32, 1)
    compat: str = limited("fixed", choices=COMPAT)
    seed: int = limited(31, 0)

    def __post_init__(self) -> None:
        if self.crop > self.resize:
            raise ConfigError(f"crop ({self.crop}) exceeds resize ({self.resize})")
