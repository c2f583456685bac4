"""Optimiser and learning-rate schedule of one training (method 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True)
class OptimiserConfig:
    """Attributes:
    name: sgd (the seed), larc (SGD with layer-wise rates, upstream PyTorch) or adamw (few images).
    base_lr, final_lr: the cosine schedule's ends.
    weight_decay: on every parameter; decoupled in adamw.
    momentum: of sgd and larc.
    warmup_epochs, start_warmup: linear warm-up before the cosine, and the rate it starts from.
    """

    name: str = limited("sgd", choices=("sgd", "larc", "adamw"))
    base_lr: float = limited(0.6, 0)
    final_lr: float = limited(0.0006, 0)
    weight_decay: float = limited(1e-6, 0)
    momentum: float = limited(0.9, 0, 1)
    warmup_epochs: int = limited(0, 0)
    start_warmup: float = limited(0.0, 0)
