"""Optimiser and learning-rate schedule of one training (method 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class OptimiserConfig:
    """Update rule, and its learning rate from epoch to epoch.

    Attributes:
        name: sgd (the seed), larc (SGD with layer-wise rates, upstream PyTorch) or adamw (few
            images).
        base_lr, final_lr: the cosine schedule's ends.
        weight_decay: on every parameter; decoupled in adamw.
        momentum: of sgd and larc.
        warmup_epochs, start_warmup: linear warm-up before the cosine, and the rate it starts from.
        accumulate: parts in which a batch of a classifier or segmenter is computed, for less memory
            of the device; one step follows from all of them. BatchNorm sees each by itself.
        schedule_epochs: after which the cosine would end; null for the training's epochs. A longer
            one gives the weights that an early checkpoint of so long a training has.
    """

    name: str = limited(default="sgd", choices=("sgd", "larc", "adamw"))
    base_lr: float = limited(default=0.6, low=0)
    final_lr: float = limited(default=0.0006, low=0)
    weight_decay: float = limited(default=1e-6, low=0)
    momentum: float = limited(default=0.9, low=0, high=1)
    warmup_epochs: int = limited(default=0, low=0)
    start_warmup: float = limited(default=0.0, low=0)
    accumulate: int = limited(default=1, low=1)
    schedule_epochs: int | None = limited(default=None, low=1)

    def require_schedule(self, epochs: int) -> None:
        """Refuse a schedule that ends before its training.

        Args:
            epochs: of the training.

        Raises:
            ConfigError: it does.
        """
        if self.schedule_epochs is not None and self.schedule_epochs < epochs:
            raise ConfigError(
                f"optimiser.schedule_epochs ({self.schedule_epochs}) is less than epochs ({epochs})"
            )

    def require_parts(self, batch_size: int) -> None:
        """Refuse parts that a batch cannot be computed in.

        Args:
            batch_size: samples of a step.

        Raises:
            ConfigError: they would not be equal, or have one image each, of which BatchNorm knows
                no variance.
        """
        if batch_size % self.accumulate or batch_size < 2 * self.accumulate:
            raise ConfigError(
                f"optimiser.accumulate ({self.accumulate}) parts of batch_size ({batch_size}) are "
                "not equal, or of less than two images: make batch_size a larger multiple of it"
            )

    def require_whole_batches(self) -> None:
        """Refuse parts where a batch's images are compared with each other.

        Raises:
            ConfigError: there are several.
        """
        if self.accumulate > 1:
            raise ConfigError(
                f"optimiser.accumulate ({self.accumulate}): online clustering balances a whole "
                "batch; only classifiers and segmenters can do with parts: set it to 1"
            )
