"""Centre crops of images, as networks that see them whole get them (method 6.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import centre_crop, resize_image
from pass_ops.engine.loading.samples import Field, Sample, SampleMaker


@dataclass(frozen=True)
class CentreCropMaker(SampleMaker[int]):
    """Crops the image of a place in the split.

    Attributes:
        images: any split.
        config: sizes of image and crop.
    """

    images: Images
    config: CentreCropConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        """The crop [3, crop, crop]."""
        return (Field((3, self.config.crop, self.config.crop), np.float32),)

    def __call__(self, item: int) -> Sample:
        config = self.config
        image = self.images.image(self.images.keys[item], config.resize)
        resized = resize_image(image, config.resize, config.compat)
        return (normalise([centre_crop(resized, config.crop)])[0],)

    def image(self, item: int) -> int:
        """Its place in the split."""
        return item

    def name(self, item: int) -> str:
        """Its file."""
        return self.images.name(self.images.keys[item])
