"""How images are shrunk and cropped for networks that see them whole (method 6.1)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.compat import COMPAT
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class CentreCropConfig:
    """Centre crops of images, and how many a network sees at once.

    Attributes:
        resize, crop: sides in pixels of the shrunk image and of its centre that the network sees.
        batch_size: images per forward pass.
        workers: processes that decode, no more than cores; threads where little is to do.
        compat: `reference` squeezes the image into a square, `fixed` scales its shorter side.
    """

    resize: int = limited(default=256, low=16)
    crop: int = limited(default=224, low=16)
    batch_size: int = limited(default=32, low=1)
    workers: int = limited(default=8, low=1, high=256)
    compat: str = limited(default="fixed", choices=COMPAT)

    def __post_init__(self) -> None:
        if self.crop > self.resize:
            raise ConfigError(f"crop ({self.crop}) exceeds resize ({self.resize})")
