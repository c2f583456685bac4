"""A classifier's training, epoch by epoch (method 9.3, 9.5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.denoising.batches import LabelledBatch, sample_batches
from pass_ops.denoising.loss import cross_entropy
from pass_ops.denoising.samples import Draw
from pass_ops.engine.checkpoints.snapshot import Snapshot, prefixed, under
from pass_ops.engine.jittor import jt
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.training import Metrics, Step, Training, TrainingState
from pass_ops.models.classifier import Classifier
from pass_ops.models.weights import Arrays, Card, arrays_of, network_arrays, restore_network

MAX_PROBES = 2048
"""Images whose predictions are compared: enough to measure a change of one percent."""


def probe_images(count: int) -> list[int]:
    """At most `MAX_PROBES` places, evenly spread over a split of `count` images."""
    return [int(index) for index in np.linspace(0, count - 1, min(count, MAX_PROBES))]


@dataclass(kw_only=True)
class ClassifierTraining(Training[LabelledBatch]):
    """Fits labels, keeps the last epochs' weights, ends once predictions have settled.

    Attributes:
        network: whose parameters train, all or those of the last stage and after.
        batches: of a 0-based epoch, from one of them on.
        loader: of the training images, labelled or not.
        probes: places of the images whose predictions are compared from epoch to epoch.
        config: settings of the training.
        card: of the weights, but for epoch and metrics.
        checkpoints: of the last `ensemble_epochs` epochs, filled epoch by epoch.
        predictions: int64 [P], of the probe images after the epoch before.
    """

    network: Classifier
    batches: Callable[[int, int], Iterable[LabelledBatch]]
    loader: Loader[Draw]
    probes: Sequence[int]
    config: ClassifierConfig
    card: Card
    checkpoints: deque[tuple[Arrays, Card]]
    predictions: NDArray[np.int64] | None = None

    def start_epoch(self, epoch: int, first: int) -> Iterable[LabelledBatch]:
        """Go back to training mode; see `Training.start_epoch`."""
        self.network.train()
        if self.config.trainable == "last_stage":
            self.network.freeze_early_stages()
        return self.batches(epoch, first)

    def parts(self, batch: LabelledBatch, count: int) -> list[tuple[LabelledBatch, float]]:
        """Rows one after the other, all of which count alike; see `Training.parts`."""
        pixels, targets = batch
        parts = zip(np.split(pixels, count), np.split(targets, count), strict=True)
        return [(part, 1 / count) for part in parts]

    def forward(self, batch: LabelledBatch, state: TrainingState) -> Step:  # noqa: ARG002
        """Compute the cross-entropy and, after the step, the accuracy; see `Training.forward`."""
        pixels, targets = batch
        smoothing = self.config.label_smoothing if self.config.compat == "fixed" else 0.0
        logits = self.network(jt.array(pixels))
        loss = cross_entropy(logits, jt.array(targets), smoothing)

        def metrics() -> Metrics:
            return {"accuracy": float((logits.numpy().argmax(axis=1) == targets).mean())}

        return Step(loss=loss, metrics=metrics)

    def epoch_metrics(self, state: TrainingState) -> Metrics:
        """How many predictions the epoch changed: tells the end without ground truth."""
        previous, self.predictions = self.predictions, self._predict_probes()
        changed = 1.0 if previous is None else float((self.predictions != previous).mean())
        return {"learning_rate": state.rate, "changed": changed, "epochs": state.epoch + 1.0}

    def end_epoch(self, state: TrainingState, metrics: Metrics) -> None:
        """Keep the weights; end once enough are kept and predictions have settled."""
        card = replace(self.card, epoch=state.epoch, metrics=metrics)
        self.checkpoints.append((arrays_of(self.network), card))
        state.finished = (
            self.config.compat == "fixed"
            and len(self.checkpoints) == self.checkpoints.maxlen
            and metrics["changed"] < self.config.convergence_tolerance
        )

    def snapshot(self) -> Snapshot:
        """Network, the weights that are kept, and the latest predictions."""
        arrays = network_arrays(self.network)
        for weights, card in self.checkpoints:
            arrays |= prefixed(f"kept.{card.epoch}.", weights)
        if self.predictions is not None:
            arrays["predictions"] = self.predictions
        return Snapshot(
            arrays=arrays,
            values={"kept": [[card.epoch, card.metrics] for _, card in self.checkpoints]},
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from what `snapshot` gave."""
        arrays = snapshot.arrays
        restore_network(self.network, snapshot)
        self.checkpoints.clear()
        for epoch, metrics in snapshot.values["kept"]:
            card = replace(self.card, epoch=epoch, metrics=metrics)
            self.checkpoints.append((under(f"kept.{epoch}.", arrays), card))
        self.predictions = arrays.get("predictions")

    def _predict_probes(self) -> NDArray[np.int64]:
        """Predicted labels of the probes."""
        self.network.eval()
        with jt.no_grad():
            logits = [
                self.network(jt.array(pixels)).numpy()
                for pixels in sample_batches(self.loader, self.probes)
            ]
        return np.concatenate(logits).argmax(axis=1)
