"""Images with their label maps (method 12.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.transforms.joint import joint_crop
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.engine.loading.order import sample_rng
from pass_ops.engine.loading.samples import Draw, Field, Sample, SampleMaker


@dataclass(frozen=True)
class CropMaker(SampleMaker[Draw]):
    """Draws a crop of an image and its labels.

    Attributes:
        images: the training split.
        labels: label maps of every image.
        config: settings of crop and loss resolution.
    """

    images: Images
    labels: LabelMaps
    config: SegmentationConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        """The image [3, crop, crop], and labels [s, s] at the loss's resolution."""
        crop, side = self.config.crop, self._label_side
        return Field((3, crop, crop), np.float32), Field((side, side), np.int32)

    @property
    def _label_side(self) -> int:
        return max(1, round(self.config.crop * self.config.label_scale))

    def __call__(self, item: Draw) -> Sample:
        key, config = self.images.keys[item.image], self.config
        view, target = joint_crop(
            image=self.images.image(key),
            labels=self.labels.read(key),
            side=config.crop,
            scale=(config.min_scale, config.max_scale),
            rng=sample_rng(config.seed, item.epoch, item.image),
        )
        side = self._label_side
        return normalise([view])[0], resize_nearest(target, side, side)

    def image(self, item: Draw) -> int:
        """Its place in the split."""
        return item.image

    def name(self, item: Draw) -> str:
        """Its file."""
        return self.images.name(self.images.keys[item.image])
