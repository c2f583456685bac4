"""Multi-crop views of the self-supervised trainings (method 3.3, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class ViewsConfig:
    """Groups of random crops, and the colours that they get.

    Attributes:
        crops: number of views of each group; the first group holds the two views that codes are
            computed of.
        sizes: side of each group's views, in pixels.
        min_scale, max_scale: limits of each group's crop area, as a fraction of the image.
        grid: lattice points per side of the overlap, for the pixel loss.
        jitter_probability, brightness, contrast, saturation, hue: colour jitter.
        grayscale_probability, blur_probability, flip_probability: as named.
        solarise_probability: of bright values turned dark, which is ours (0 in the papers).
        blur_radius: limits of the Gaussian blur's radius, in pixels.
    """

    crops: tuple[int, ...] = limited(default=(2,), low=1)
    sizes: tuple[int, ...] = limited(default=(224,), low=16)
    min_scale: tuple[float, ...] = limited(default=(0.08,), low=0.001, high=1)
    max_scale: tuple[float, ...] = limited(default=(1.0,), low=0.001, high=1)
    grid: int = limited(default=7, low=2)
    flip_probability: float = limited(default=0.5, low=0, high=1)
    jitter_probability: float = limited(default=0.8, low=0, high=1)
    brightness: float = limited(default=0.8, low=0, high=1)
    contrast: float = limited(default=0.8, low=0, high=1)
    saturation: float = limited(default=0.8, low=0, high=1)
    hue: float = limited(default=0.2, low=0, high=0.5)
    grayscale_probability: float = limited(default=0.2, low=0, high=1)
    solarise_probability: float = limited(default=0.0, low=0, high=1)
    blur_probability: float = limited(default=0.5, low=0, high=1)
    blur_radius: tuple[float, ...] = limited(default=(0.1, 2.0), low=0)

    def __post_init__(self) -> None:
        if not len(self.crops) == len(self.sizes) == len(self.min_scale) == len(self.max_scale):
            raise ConfigError(
                "crops, sizes, min_scale and max_scale need one value per group of views"
            )
        if self.crops[:1] != (2,):
            raise ConfigError(
                "the first group needs exactly 2 views, those that codes are computed of"
            )
        if any(low > high for low, high in zip(self.min_scale, self.max_scale, strict=True)):
            raise ConfigError("min_scale exceeds max_scale")
        if len(self.blur_radius) != 2:
            raise ConfigError("blur_radius needs two values, least and most")
