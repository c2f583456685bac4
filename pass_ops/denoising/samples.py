"""Images as the classifiers see them (method 9.3, 9.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.views import ViewsConfig
from pass_ops.data.memory import MemoryImages
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import centre_crop, resize_image
from pass_ops.data.transforms.views import random_view
from pass_ops.engine.loading.order import sample_rng
from pass_ops.engine.loading.samples import Field, Sample, SampleMaker


class Draw(NamedTuple):
    """Which image is shown, and how.

    Attributes:
        image: its place in the split.
        label: handed on.
        epoch, position: decide the view, the latter by the image's place in the unshuffled epoch;
            −1 for the image as inference sees it.
    """

    image: int
    label: int
    epoch: int = -1
    position: int = -1


@dataclass(frozen=True)
class LabelledMaker(SampleMaker[Draw]):
    """Draws a view of an image, or crops it as inference does.

    Attributes:
        images: of the training split.
        config: crop and augmentation.
    """

    images: MemoryImages
    config: ClassifierConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        """The image [3, crop, crop] and its label."""
        return Field((3, self.config.crop, self.config.crop), np.float32), Field((), np.int32)

    def __call__(self, item: Draw) -> Sample:
        return normalise([self._pixels(item)])[0], np.array(item.label, np.int32)

    def _pixels(self, item: Draw) -> NDArray[np.uint8]:
        """Pixels [crop, crop, 3]."""
        image, config = self.images[item.image], self.config
        if item.epoch < 0 or config.compat == "reference":
            resized = resize_image(np.asarray(image), config.crop, config.compat)
            return centre_crop(resized, config.crop)
        view, _ = random_view(
            image=image,
            size=config.crop,
            scale=(config.min_scale, 1.0),
            config=mild_views(config),
            rng=sample_rng(config.seed, item.epoch, item.position),
        )
        return view

    def image(self, item: Draw) -> int:
        """Its place in the split."""
        return item.image

    def name(self, item: Draw) -> str:
        """Its file."""
        return self.images.name(item.image)

    def share(self, processes: int) -> LabelledMaker:
        """With its part of the images that are kept in memory."""
        return replace(self, images=self.images.share(processes))


def mild_views(config: ClassifierConfig) -> ViewsConfig:
    """Crop, flip and colour jitter without hue, gray or blur."""
    return ViewsConfig(
        sizes=(config.crop,),
        min_scale=(config.min_scale,),
        jitter_probability=1.0,
        brightness=config.jitter,
        contrast=config.jitter,
        saturation=config.jitter,
        hue=0.0,
        grayscale_probability=0.0,
        blur_probability=0.0,
    )
