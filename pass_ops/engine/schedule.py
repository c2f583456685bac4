"""Learning-rate schedule (method 3.4), computed per step so that a resumed run needs no
scheduler state.
"""

from __future__ import annotations

import math

from pass_ops.config.optimiser import OptimiserConfig


def learning_rate(
    *, step: int, steps_per_epoch: int, epochs: int, config: OptimiserConfig
) -> float:
    """Rate at 0-based `step`: linear warm-up, then lr(t) = final + ½(base − final)(1 + cos(π t /
    T)).

    T counts the steps after the warm-up, t from 0 to T − 1.
    """
    warmup = config.warmup_epochs * steps_per_epoch
    if step < warmup:
        return config.start_warmup + (config.base_lr - config.start_warmup) * step / max(
            warmup - 1, 1
        )
    total = max(epochs * steps_per_epoch - warmup, 1)
    cosine = 1 + math.cos(math.pi * (step - warmup) / total)
    return config.final_lr + 0.5 * (config.base_lr - config.final_lr) * cosine
