"""Settings of steps 1 and 2.1 (method 3.6, 4, 5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pass_ops.config.common import HIGHEST_SEED
from pass_ops.config.compat import COMPAT
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.parts.swav import SwavConfig
from pass_ops.config.parts.views import ViewsConfig
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class SelfSupervisedConfig:
    """What both self-supervised trainings share.

    Attributes:
        views: crops and colours that a network sees of an image.
        optimiser: and its schedule.
        swav: online clustering.
        compat: `fixed` repairs the originals' defects, `reference` keeps them (method 0.2).
        seed: of weights, order and augmentation.
        epochs, batch_size: as named; the last incomplete batch is dropped.
        workers: processes that decode and augment, no more than cores; threads where there is
            little to do.
        cache_side: images of more than twice the area are kept in memory shrunk to this shorter
            side, in pixels.
        cache_gib: most memory for them, in GiB, of all processes together; the others are decoded
            each time.
        checkpoint_every: epochs between kept checkpoints.
        checkpoint_minutes: most minutes between checkpoints to go on from; 0 for every step.
    """

    views: ViewsConfig = field(default_factory=ViewsConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    swav: SwavConfig = field(default_factory=SwavConfig)
    compat: str = limited(default="fixed", choices=COMPAT)
    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)
    epochs: int = limited(default=400, low=1)
    batch_size: int = limited(default=128, low=2)
    workers: int = limited(default=10, low=1, high=256)
    cache_side: int = limited(default=320, low=16)
    cache_gib: float = limited(default=1.0, low=0)
    checkpoint_every: int = limited(default=25, low=1)
    checkpoint_minutes: float = limited(default=10.0, low=0)

    def __post_init__(self) -> None:
        self.optimiser.require_schedule(self.epochs)
        self.optimiser.require_whole_batches()


@dataclass(frozen=True, kw_only=True)
class PretrainConfig(SelfSupervisedConfig):
    """Step 1: the backbone learns from images, pixels and its own deep codes.

    Attributes:
        network: sizes of backbone and heads.
        initial_weights: folder or s3:// prefix of weights to start from, which `pass-ops weights
            import` or an earlier training wrote; empty for random ones.
        shallow: backbone stages that the deep codes supervise.
        weights: of the image loss and of each shallow loss.
        pixel_weight: of the pixel-to-pixel loss (1 in the paper).
        contrastive_weight, contrastive_temperature: of the contrastive loss, which is ours; 0, as
            in the paper, for none.
        collapse_patience: epochs that training may go on after collapse is seen; see
            `representation.collapse`.
    """

    network: NetworkConfig = field(default_factory=NetworkConfig)
    initial_weights: str = ""
    shallow: tuple[int, ...] = limited(default=(3,), low=1, high=3)
    weights: tuple[float, ...] = limited(default=(1.0, 1.0), low=0)
    pixel_weight: float = limited(default=1.0, low=0)
    contrastive_weight: float = limited(default=0.0, low=0)
    contrastive_temperature: float = limited(default=0.2, low=1e-4)
    collapse_patience: int = limited(default=5, low=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.weights) != 1 + len(self.shallow):
            raise ConfigError(
                "weights needs one value for the image loss and one per shallow stage"
            )
        if sum(self.weights) == 0:
            raise ConfigError("weights may not all be zero")


@dataclass(frozen=True, kw_only=True)
class PixelAttentionConfig(SelfSupervisedConfig):
    """Step 2.1: attention and prototypes train on the frozen backbone.

    Attributes:
        epochs, checkpoint_every, swav: as in `SelfSupervisedConfig`, with defaults of their own.
    """

    epochs: int = limited(default=20, low=1)
    checkpoint_every: int = limited(default=1, low=1)
    swav: SwavConfig = field(
        default_factory=lambda: SwavConfig(
            queue_length=3840, queue_start_epoch=0, freeze_prototypes_iterations=0
        )
    )
