"""Optimisers (method 3.4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.engine.jittor import jt, nn

LARC_TRUST = 0.001
"""Length of a step, as a part of the parameter's own norm, at learning rate 1."""


class Optimiser:
    """SGD, SGD with layer-wise adaptive rates (LARC), or AdamW.

    Use: `backward(loss)`, change gradients if need be, `step(rate)`.

    Args:
        parameters: of the network; those with the stop-gradient mark stay as they are.
        config: update rule and schedule.
    """

    def __init__(self, parameters: list[jt.Var], config: OptimiserConfig) -> None:
        self.config = config
        # Jittor 1.3.11 lists BatchNorm's running statistics among the parameters. They carry the
        # stop-gradient mark and have no gradients, which LARC would look for.
        trainable = [parameter for parameter in parameters if not parameter.is_stop_grad()]
        if config.name == "adamw":
            self._inner: Any = jt.optim.AdamW(
                trainable, config.base_lr, weight_decay=config.weight_decay
            )
        else:
            decay = 0.0 if config.name == "larc" else config.weight_decay
            self._inner = nn.SGD(
                trainable, config.base_lr, momentum=config.momentum, weight_decay=decay
            )

    def backward(self, loss: jt.Var, more: bool = False) -> None:
        """Compute every parameter's gradient, and add it to those since the last step.

        Args:
            loss: of a batch, or a part of it.
            more: whether further parts follow before the step.
        """
        self._inner.backward(loss)
        if more:
            # Jittor 1.3.11 counts parts as steps, by which AdamW would weigh its moments, and
            # computes nothing yet, so that the activations of all parts would wait.
            self._inner.n_step -= 1
            jt.sync([one for group in self._inner.param_groups for one in group["grads"]])

    def scale_gradient(self, parameter: jt.Var, factor: float) -> None:
        """Multiply one parameter's gradient, after `backward`.

        Args:
            parameter: one of those that train.
            factor: 0 leaves the parameter, but for momentum and weight decay, as it is.
        """
        gradient = self._inner.find_grad(parameter)
        gradient.update(gradient * factor)

    def step(self, rate: float) -> None:
        """Update the parameters at learning rate `rate`."""
        if self.config.name == "larc":
            self._adapt()
        self._inner.lr = rate
        self._inner.step()

    def state(self) -> tuple[Arrays, int]:
        """Moving averages by name, copies, and the number of steps taken."""
        arrays = {
            f"{name}.{number}": np.array(value.numpy())
            for name, values in self._averages().items()
            for number, value in enumerate(values)
        }
        return arrays, int(self._inner.n_step)

    def restore(self, arrays: Arrays, steps: int) -> None:
        """Go on from a state.

        Args:
            arrays: as `state` gave them.
            steps: as well.
        """
        for name, values in self._averages().items():
            for number, value in enumerate(values):
                value.update(jt.array(arrays[f"{name}.{number}"]))
        self._inner.n_step = steps

    def _averages(self) -> dict[str, list[jt.Var]]:
        """SGD's momentum, or AdamW's first and second moments, parameter by parameter."""
        (group,) = self._inner.param_groups
        return {name: group[name] for name in ("values", "m") if name in group}

    def _adapt(self) -> None:
        """Scale every gradient layer by layer."""
        for group in self._inner.param_groups:
            for parameter, gradient in zip(group["params"], group["grads"], strict=True):
                gradient.update(larc(parameter, gradient, self.config.weight_decay))


def larc(parameter: jt.Var, gradient: jt.Var, weight_decay: float) -> jt.Var:
    """g ← (g + wd·p) · 0.001·‖p‖ / (‖g‖ + wd·‖p‖ + 1e-8), or g where a norm is zero (method 3.4).

    Args:
        parameter, gradient: of one layer, of any shape.
        weight_decay: wd.
    """
    parameter_norm, gradient_norm = _norm(parameter), _norm(gradient)
    rate = LARC_TRUST * parameter_norm / (gradient_norm + weight_decay * parameter_norm + 1e-8)
    adapted = (gradient + weight_decay * parameter) * rate
    both = (parameter_norm > 0) & (gradient_norm > 0)
    return jt.where(both.broadcast(gradient), adapted, gradient)


def _norm(values: jt.Var) -> jt.Var:
    """L2 norm over all values, [1]."""
    # In two steps, since a single float32 sum of many values loses digits: see `step_mean`.
    squares = values * values
    if values.ndim > 1:
        squares = squares.sum(list(range(1, values.ndim)))
    return jt.sqrt(squares.sum())
