"""The one epoch loop of all trainings (method 3.4, 4.8)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.events import tell
from pass_ops.engine.jittor import jt, seed_step
from pass_ops.engine.loading.data_wait import DataWait
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.progress import Progress
from pass_ops.engine.ranks.collectives import averaged, largest
from pass_ops.engine.resumable import Resumable
from pass_ops.engine.schedule import learning_rate
from pass_ops.engine.signals import signals_wait
from pass_ops.engine.training import Batch, Metrics, Plan, Step, Training, TrainingState
from pass_ops.errors import TrainingError
from pass_ops.tracking.tracker import Tracker

# Among a step's metrics, until ranks know whether one has come.
_SIGNAL = "signal"


class Trainer:
    """Takes a training through its epochs, from its beginning or from a checkpoint.

    Args:
        plan: the training's length.
        optimiser: of the network's parameters; its settings hold the schedule.
        tracker: given every epoch's metrics.
        checkpoints: in their `with` block.
    """

    def __init__(
        self, *, plan: Plan, optimiser: Optimiser, tracker: Tracker, checkpoints: Checkpoints
    ) -> None:
        self.plan, self.optimiser, self.tracker = plan, optimiser, tracker
        self.checkpoints = checkpoints
        self.state = TrainingState()
        self.progress = Progress(plan.stage, plan.epochs * plan.steps * plan.batch_size)
        self._wait = DataWait()

    def fit(self, training: Training[Batch]) -> Metrics:
        """Run all epochs, or those until `state.finished`; return the last one's metrics.

        Raises:
            TrainingError: a loss that is not finite.
            SystemExit: a signal has come (`engine.signals`); a checkpoint was kept.
        """
        resumable = Resumable(training, self.optimiser, self.checkpoints)
        resumed = resumable.resume()
        state, plan = resumable.state, self.plan
        self.state = state
        self.progress.start_at(state.step * plan.batch_size)
        if resumed:
            self._tell_resumed(resumable.epochs)
        with signals_wait() as signal:
            while state.epoch < plan.epochs and not state.finished:
                metrics = self._run_steps(resumable, signal)
                data_wait = self._wait.share
                metrics |= averaged(training.epoch_metrics(state))
                resumable.steps = []
                resumable.epochs.append(metrics)
                # Not among the metrics, which are the same in every run.
                self.tracker.metrics({**metrics, "data_wait": data_wait}, state.epoch)
                state.epoch += 1
                training.end_epoch(state, metrics)
                last = state.finished or state.epoch == plan.epochs
                if last or state.epoch % plan.checkpoint_every == 0:
                    resumable.keep()
        return resumable.epochs[-1]

    def _run_steps(self, resumable: Resumable[Batch], signal: Callable[[], int]) -> Metrics:
        """The rest of an epoch's steps; the mean metrics of all of them.

        Args:
            resumable: the training whose epoch it is.
            signal: the one that has come, or 0.
        """
        # A method of its own, so that the last step's activations are freed before the epoch's end.
        plan, state, training, done = self.plan, self.state, resumable.training, resumable.steps
        self._wait.restart()
        for batch in self._wait.over(training.start_epoch(state.epoch, len(done))):
            seed_step(plan.seed, state.step)
            state.rate = learning_rate(
                step=state.step,
                steps_per_epoch=plan.steps,
                epochs=plan.epochs,
                config=self.optimiser.config,
            )
            parts = training.parts(batch, self.optimiser.config.accumulate)
            steps: list[tuple[Step, float]] = []
            for count, (part, weight) in enumerate(parts, 1):
                step = training.forward(part, state)
                loss = step.loss if len(parts) == 1 else step.loss * weight
                self.optimiser.backward(loss, count < len(parts))
                steps.append((step, weight))
            training.adjust_gradients(state)
            self.optimiser.step(state.rate)
            state.step += 1
            metrics = averaged({**self._weighted(steps), _SIGNAL: signal()})
            # Where a rank got a signal, all leave after the same step, with the same status.
            signalled = metrics.pop(_SIGNAL) > 0
            done.append(metrics)
            if signalled:
                resumable.leave(plan.stage, largest(signal()))
            note = f"epoch {state.epoch + 1}/{plan.epochs} loss {metrics['loss']:.3f}"
            self.progress.advance(plan.batch_size, f"{note}, data wait {self._wait.share:.0%}")
            if self.checkpoints.due():
                resumable.keep()
        return {name: float(np.mean([step[name] for step in done])) for name in done[0]}

    def _weighted(self, steps: list[tuple[Step, float]]) -> Metrics:
        """Loss and metrics of a batch; waits until Jittor has computed them.

        Args:
            steps: its parts, and their weights.
        """
        total: Metrics = {}
        for step, weight in steps:
            for name, value in {"loss": self._finite(step.loss), **step.metrics()}.items():
                total[name] = total.get(name, 0.0) + weight * value
        return total

    def _finite(self, loss: jt.Var) -> float:
        """The loss as a number; waits until Jittor has computed it."""
        value = float(loss.item())
        if not math.isfinite(value):
            last = self.checkpoints.last
            kept = f"; the last good checkpoint, {last}, stays in {self.checkpoints.place}"
            raise TrainingError(
                f"{self.plan.stage}: the loss is {value} in step {self.state.step}, epoch "
                f"{self.state.epoch + 1}: lower optimiser.base_lr{kept if last else ''}"
            )
        return value

    def _tell_resumed(self, epochs: list[Metrics]) -> None:
        """Say where the training goes on.

        Args:
            epochs: metrics of those before. The run that was ended has its own: a resumed one shows
                the whole curve.
        """
        for epoch, metrics in enumerate(epochs):
            self.tracker.metrics(metrics, epoch)
        self.tracker.tag("resumed_after_step", str(self.state.step))
        tell(
            f"{self.plan.stage} | goes on after step {self.state.step}, "
            f"{self.state.epoch} of {self.plan.epochs} epochs finished, from "
            f"{self.checkpoints.place}",
            stage=self.plan.stage,
        )
