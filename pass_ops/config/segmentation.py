"""Settings of steps 5 and 6 (method 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from pass_ops.config.common import HIGHEST_SEED
from pass_ops.config.compat import COMPAT
from pass_ops.config.parts.crf import CRF_PRESETS, CrfParameters
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class SegmentationConfig:
    """Training of a segmenter on label maps.

    Attributes:
        optimiser: and its schedule.
        skips: how many of the backbone's earlier stages, c2 and then c1, join in the head, whose
            logits have the grid of the last one: 0 none, as in the paper.
        crop: side of the training crops, in pixels.
        min_scale, max_scale: limits of the crop's area, as a fraction of the image.
        label_scale: labels' and logits' side in the loss, as a fraction of the crop's.
        confidence_weights: whether an image counts as much as its label is sure.
        epochs, batch_size, workers, seed: as named.
        checkpoint_every: epochs between the checkpoints that the choice is made from.
        checkpoint_minutes: most minutes between checkpoints to go on from; 0 for every step.
    """

    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    skips: int = limited(default=0, low=0, high=2)
    crop: int = limited(default=224, low=16)
    min_scale: float = limited(default=0.08, low=0.001, high=1)
    max_scale: float = limited(default=1.0, low=0.001, high=1)
    label_scale: float = limited(default=0.5, low=0.05, high=1)
    confidence_weights: bool = False
    epochs: int = limited(default=50, low=1)
    batch_size: int = limited(default=128, low=2)
    workers: int = limited(default=8, low=1, high=256)
    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)
    checkpoint_every: int = limited(default=1, low=1)
    checkpoint_minutes: float = limited(default=10.0, low=0)

    def __post_init__(self) -> None:
        self.optimiser.require_schedule(self.epochs)
        self.optimiser.require_parts(self.batch_size)
        if self.min_scale > self.max_scale:
            raise ConfigError(f"min_scale ({self.min_scale}) exceeds max_scale ({self.max_scale})")

    @property
    def checkpoints(self) -> int:
        """Number of checkpoints that the choice is made from; the last epoch's is one of them."""
        return ceil(self.epochs / self.checkpoint_every)


@dataclass(frozen=True, kw_only=True)
class PredictionConfig:
    """Prediction at several scales.

    Attributes:
        sizes: shorter sides of the network's inputs, in pixels; their probabilities are averaged.
        flip: average with the mirrored image as well.
        max_resolution: images of more than its square pixels are decided at a lower resolution and
            enlarged.
        workers: processes that decode and scale, no more than cores; threads where little is to do.
        crf: preset of a dense CRF over the predictions of validation and test, `none` for none;
            those of the training images, which prompt masks, stay as they are (method 14).
        max_shrinkage: largest part of an image's foreground that it may take away; where it takes
            more, the image keeps its labels. 1 lets it empty an image.
        compat: `fixed` builds each scale from the image and averages probabilities; `reference`
            squeezes the image into the first size, enlarges that to the last and averages the
            logits of these two; it never uses those between.
    """

    sizes: tuple[int, ...] = limited(default=(256, 384, 512), low=16)
    flip: bool = True
    max_resolution: int = limited(default=1000, low=16)
    workers: int = limited(default=8, low=1, high=256)
    crf: str = limited(default="none", choices=("none", *CRF_PRESETS))
    max_shrinkage: float = limited(default=1.0, low=0, high=1)
    compat: str = limited(default="fixed", choices=COMPAT)

    def __post_init__(self) -> None:
        if not self.sizes:
            raise ConfigError("sizes needs one side at least")

    @property
    def sides(self) -> tuple[int, ...]:
        """Sides to which an image is resized; `reference` makes the last size from the first."""
        return self.sizes if self.compat == "fixed" else self.sizes[:1]

    @property
    def field(self) -> CrfParameters | None:
        """The dense CRF that predictions of images held out pass through; None for none."""
        return CRF_PRESETS.get(self.crf)

    def working_size(self, height: int, width: int) -> tuple[int, int]:
        """The size (height, width) at which an image is decided; see `max_resolution`.

        Args:
            height, width: of the image, in pixels.
        """
        if height * width <= self.max_resolution**2:
            return height, width
        return self.max_resolution, max(1, self.max_resolution * width // height)


@dataclass(frozen=True, kw_only=True)
class CompletionConfig:
    """What prompted masks of the same images do to a segmenter's predictions.

    Attributes:
        enabled: whether anything; without, predictions stay as they are.
        processes: images worked on at once, no more than cores.
    """

    enabled: bool = False
    processes: int = limited(default=2, low=1, high=256)


CHECKPOINT_CRITERIA = {
    "validation": "validation masks",
    "consistency": "consistency under mirroring, without masks",
    "last": "last epoch",
}
"""How reports call the criteria of the checkpoint choice."""


@dataclass(frozen=True)
class CheckpointChoiceConfig:
    """Choice among the checkpoints of a training.

    Attributes:
        criterion: `validation` takes the checkpoint with the best mIoU on validation masks;
            `consistency`, which needs no masks, the one whose labels change least when images are
            mirrored (method 24.13); `last` the last one. Where there are no masks, `validation`
            means `consistency`.
    """

    criterion: str = limited(default="validation", choices=tuple(CHECKPOINT_CRITERIA))

    def used(self, has_masks: bool) -> str:
        """The criterion that decides.

        Args:
            has_masks: whether validation has masks.
        """
        return self.criterion if has_masks or self.criterion != "validation" else "consistency"
