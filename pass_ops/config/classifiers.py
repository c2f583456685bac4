"""Settings of the classifiers of step 3 (method 9.2, 9.3, 9.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from pass_ops.config.common import HIGHEST_SEED
from pass_ops.config.compat import COMPAT
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig:
    """Training of one classifier on image labels.

    Attributes:
        optimiser: and its schedule.
        pooling: `plain` averages c4, `attention` classifies the pooled descriptor and trains `fbg`
            too.
        trainable: `all` layers, or `last_stage` for that of the backbone and what follows it; the
            stages before keep their weights and statistics.
        crop: side of the network's input, in pixels.
        min_scale: least area of a crop, as a fraction of the image.
        jitter: strength of the change of brightness, contrast and saturation.
        label_smoothing: probability that the target gives to all classes alike.
        epochs, batch_size, workers, seed: as named.
        ensemble_epochs: last epochs whose weights are kept; losses and labels are averaged over
            them.
        convergence_tolerance: training ends early once less than this fraction of the predicted
            labels changes in an epoch.
        compat: `reference` squeezes images into the crop without augmentation, smoothing or early
            end.
        cache_side: images of more than twice the area are kept in memory shrunk to this shorter
            side, in pixels.
        cache_gib: most memory for them, in GiB, of all processes together; the others are decoded
            each time.
        checkpoint_every: epochs between checkpoints to go on from.
        checkpoint_minutes: most minutes between them; 0 for every step.
    """

    optimiser: OptimiserConfig = field(
        default_factory=lambda: OptimiserConfig(base_lr=0.01, final_lr=0.0006, weight_decay=1e-6)
    )
    pooling: str = limited(default="plain", choices=("plain", "attention"))
    trainable: str = limited(default="all", choices=("all", "last_stage"))
    crop: int = limited(default=224, low=16)
    min_scale: float = limited(default=0.35, low=0.001, high=1)
    jitter: float = limited(default=0.2, low=0, high=1)
    label_smoothing: float = limited(default=0.1, low=0, high=0.9)
    epochs: int = limited(default=70, low=1)
    batch_size: int = limited(default=32, low=2)
    workers: int = limited(default=8, low=1, high=256)
    ensemble_epochs: int = limited(default=3, low=1)
    convergence_tolerance: float = limited(default=0.01, low=0, high=1)
    compat: str = limited(default="fixed", choices=COMPAT)
    cache_side: int = limited(default=256, low=16)
    cache_gib: float = limited(default=1.0, low=0)
    checkpoint_every: int = limited(default=5, low=1)
    checkpoint_minutes: float = limited(default=10.0, low=0)
    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)

    def __post_init__(self) -> None:
        self.optimiser.require_schedule(self.epochs)
        self.optimiser.require_parts(self.batch_size)
        if self.ensemble_epochs > self.epochs:
            raise ConfigError(
                f"ensemble_epochs ({self.ensemble_epochs}) exceeds epochs ({self.epochs})"
            )
