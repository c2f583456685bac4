"""Learning-rate schedule (method 3.4).

Computed from the step's number, so that a resumed run needs no scheduler's state, which those of
Jittor 1.3.11 do not save.
"""

from __future__ import annotations

import math

from pass_ops.config.parts.optimiser import OptimiserConfig


def learning_rate(
    *, step: int, steps_per_epoch: int, epochs: int, config: OptimiserConfig
) -> float:
    """Learning rate of a step: linear warm-up, then a cosine.

    lr(t) = final + ½(base − final)(1 + cos(π t / T)), where T counts the steps after the warm-up, t
    from 0 to T − 1.

    Args:
        step: 0-based, over all epochs.
        steps_per_epoch: optimiser steps of an epoch.
        epochs: planned length of the training, and of its schedule unless `config` has another.
        config: the rates at the ends, the warm-up, and the schedule's length.
    """
    warmup = config.warmup_epochs * steps_per_epoch
    if step < warmup:
        return config.start_warmup + (config.base_lr - config.start_warmup) * step / max(
            warmup - 1, 1
        )
    total = max((config.schedule_epochs or epochs) * steps_per_epoch - warmup, 1)
    cosine = 1 + math.cos(math.pi * (step - warmup) / total)
    return config.final_lr + 0.5 * (config.base_lr - config.final_lr) * cosine
