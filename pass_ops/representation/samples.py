"""Views of an image with their overlap grids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.data.memory import MemoryImages
from pass_ops.data.transforms.normalise import STD, STD_TYPO, normalise
from pass_ops.data.transforms.views import random_view
from pass_ops.engine.loading.order import sample_rng
from pass_ops.engine.loading.samples import Draw, Field, Sample, SampleMaker
from pass_ops.representation.overlap import overlap_grids


@dataclass(frozen=True)
class ViewMaker(SampleMaker[Draw]):
    """Draws the views of an image.

    Attributes:
        images: of the training split.
        config: numbers, sizes, scales and colours of the views.
    """

    images: MemoryImages
    config: SelfSupervisedConfig

    @property
    def fields(self) -> tuple[Field, ...]:
        """Per resolution the views [n, 3, s, s]; the grids of the two large ones [2, g, g, 2]."""
        views = self.config.views
        groups = zip(views.crops, views.sizes, strict=True)
        return (
            *(Field((count, 3, size, size), np.float32, axis=1) for count, size in groups),
            Field((2, views.grid, views.grid, 2), np.float32, axis=1),
        )

    def __call__(self, item: Draw) -> Sample:
        image, views = self.images[item.image], self.config.views
        rng = sample_rng(self.config.seed, item.epoch, item.image)
        std = STD_TYPO if self.config.compat == "reference" else STD
        groups, crops = [], []
        for count, size, low, high in zip(
            views.crops, views.sizes, views.min_scale, views.max_scale, strict=True
        ):
            drawn = [
                random_view(image=image, size=size, scale=(low, high), config=views, rng=rng)
                for _ in range(count)
            ]
            groups.append(normalise([pixels for pixels, _ in drawn], std))
            crops += [crop for _, crop in drawn]
        return (*groups, np.stack(overlap_grids(crops[0], crops[1], views.grid)))

    def image(self, item: Draw) -> int:
        """Its place in the split."""
        return item.image

    def name(self, item: Draw) -> str:
        """Its file."""
        return self.images.name(item.image)

    def share(self, processes: int) -> ViewMaker:
        """With its part of the images that are kept in memory."""
        return replace(self, images=self.images.share(processes))
