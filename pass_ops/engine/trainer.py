"""The one epoch loop of all trainings (method 3.4, 4.8)."""

from __future__ import annotations

import math

import numpy as np

from pass_ops.engine.jittor import jt
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.progress import Progress
from pass_ops.engine.schedule import learning_rate
from pass_ops.engine.training import Batch, Metrics, Plan, Training, TrainingState
from pass_ops.errors import TrainingError
from pass_ops.tracking.tracker import Tracker


class Trainer:
    """Takes a training through its epochs.

    Args:
        plan: the training's length.
        optimiser: of the network's parameters; its settings hold the schedule.
        tracker: given every epoch's metrics.
    """

    def __init__(self, plan: Plan, optimiser: Optimiser, tracker: Tracker) -> None:
        self.plan, self.optimiser, self.tracker = plan, optimiser, tracker
        self.state = TrainingState()
        self.progress = Progress(plan.stage, plan.epochs * plan.steps * plan.batch_size)

    def fit(self, training: Training[Batch]) -> Metrics:
        """Run all epochs, or those until `state.finished`; return the last one's metrics.

        Raises:
            TrainingError: a loss that is not finite.
        """
        state, metrics = self.state, Metrics()
        while state.epoch < self.plan.epochs and not state.finished:
            metrics = self._steps(training) | training.epoch_metrics(state)
            self.tracker.metrics(metrics, state.epoch)
            state.epoch += 1
            training.end_epoch(state, metrics)
        return metrics

    def _steps(self, training: Training[Batch]) -> Metrics:
        """One epoch's steps; their mean metrics."""
        # A method of its own, so that the last step's activations are freed before the epoch's end.
        plan, state, steps = self.plan, self.state, list[Metrics]()
        for batch in training.start_epoch(state.epoch):
            state.rate = learning_rate(
                step=state.step,
                steps_per_epoch=plan.steps,
                epochs=plan.epochs,
                config=self.optimiser.config,
            )
            step = training.forward(batch, state)
            self.optimiser.backward(step.loss)
            training.adjust_gradients(state)
            self.optimiser.step(state.rate)
            state.step += 1
            loss = self._finite(step.loss)
            steps.append({"loss": loss, **step.metrics()})
            note = f"epoch {state.epoch + 1}/{plan.epochs} loss {loss:.3f}"
            self.progress.advance(plan.batch_size, note)
        return {name: float(np.mean([step[name] for step in steps])) for name in steps[0]}

    def _finite(self, loss: jt.Var) -> float:
        """The loss as a number; waits until Jittor has computed it."""
        value = float(loss.item())
        if not math.isfinite(value):
            raise TrainingError(
                f"{self.plan.stage}: the loss is {value} in epoch {self.state.epoch}: "
                "lower optimiser.base_lr"
            )
        return value
