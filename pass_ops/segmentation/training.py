"""A segmenter's training, epoch by epoch (method 12.3, 12.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.jittor import jt
from pass_ops.engine.ranks.collectives import gather_array
from pass_ops.engine.training import Metrics, Step, Training, TrainingState
from pass_ops.errors import TrainingError
from pass_ops.models.checkpoints import checkpoint_path
from pass_ops.models.segmenter import Segmenter
from pass_ops.models.weights import Card, arrays_of, network_arrays, restore_network, save_weights
from pass_ops.segmentation.batches import LabelledBatch
from pass_ops.segmentation.loss import pixel_cross_entropy
from pass_ops.tracking.tracker import Tracker


@dataclass(kw_only=True)
class SegmenterTraining(Training[LabelledBatch]):
    """Fits pseudo-labels and writes a checkpoint every few epochs.

    Attributes:
        network: all of whose parameters train.
        batches: of a 0-based epoch, from one of them on.
        config: settings of the training.
        card: of the weights, but for epoch and metrics.
        folder: gets one weights folder `epoch-<finished epochs>` per checkpoint.
        tracker: gets a copy of each.
        kept: the folders so far.
    """

    network: Segmenter
    batches: Callable[[int, int], Iterable[LabelledBatch]]
    config: SegmentationConfig
    card: Card
    folder: Path
    tracker: Tracker
    kept: list[Path] = field(default_factory=list)

    def start_epoch(self, epoch: int, first: int) -> Iterable[LabelledBatch]:
        """Switch dropout on, which Jittor 1.3.11 has off at first; see `Training.start_epoch`."""
        self.network.train()
        return self.batches(epoch, first)

    def parts(self, batch: LabelledBatch, count: int) -> list[tuple[LabelledBatch, float]]:
        """Rows one after the other, which count by their labelled pixels; see `Training.parts`."""
        if count == 1:
            return [(batch, 1.0)]
        pixels, targets, weights = batch
        labelled = (targets != UNCERTAIN).mean(axis=(1, 2)) * weights
        # Of all ranks, as in the loss.
        own = labelled.reshape(1, count, -1).sum(axis=2).astype(np.float32)
        sums = gather_array(own).sum(axis=0)
        shares = sums / sums.sum() if sums.any() else np.full(count, 1 / count)
        parts = zip(
            np.split(pixels, count), np.split(targets, count), np.split(weights, count), strict=True
        )
        return [(part, float(share)) for part, share in zip(parts, shares, strict=True)]

    def forward(self, batch: LabelledBatch, state: TrainingState) -> Step:  # noqa: ARG002
        """Compute the cross-entropy and, after the step, the agreement; see `Training.forward`."""
        pixels, targets, weights = batch
        logits = self.network(jt.array(pixels))
        loss = pixel_cross_entropy(logits, jt.array(targets), jt.array(weights))
        return Step(loss=loss, metrics=lambda: {"agreement": agreement(logits, targets)})

    def epoch_metrics(self, state: TrainingState) -> Metrics:
        """The latest learning rate."""
        return {"learning_rate": state.rate}

    def end_epoch(self, state: TrainingState, metrics: Metrics) -> None:
        """Write a checkpoint where it is time, and after the last epoch; see `Training`.

        Raises:
            TrainingError: no pixel of the epoch had a label.
        """
        # The mean cross-entropy of labelled pixels over an epoch is never exactly 0.
        if metrics["loss"] == 0:
            raise TrainingError(
                f"{self.card.stage}: not one pixel of the training maps has a label in epoch "
                f"{state.epoch}: look at the step that made them; if the round before predicted "
                "no foreground, train it longer"
            )
        if state.epoch < self.config.epochs and state.epoch % self.config.checkpoint_every:
            return
        checkpoint = checkpoint_path(self.folder, state.epoch)
        card = replace(self.card, epoch=state.epoch, metrics=metrics)
        save_weights(checkpoint, arrays_of(self.network), card)
        self.kept.append(checkpoint)
        self.tracker.file(checkpoint, "checkpoints")

    def snapshot(self) -> Snapshot:
        """The network, and the folders of kept weights."""
        return Snapshot(arrays=network_arrays(self.network), folders=tuple(self.kept))

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from what `snapshot` gave."""
        restore_network(self.network, snapshot)
        self.kept = list(snapshot.folders)


def agreement(logits: jt.Var, targets: NDArray[np.int32]) -> float:
    """Fraction of the logits' positions whose class is the pseudo-label there: a measure of fit.

    Args:
        logits: [N, classes, h, w].
        targets: int32 [N, H, W], UNCERTAIN where there is no label.

    Returns:
        0…1; 0 without any label.
    """
    predicted = logits.numpy().argmax(axis=1)
    rows = np.arange(predicted.shape[1]) * targets.shape[1] // predicted.shape[1]
    columns = np.arange(predicted.shape[2]) * targets.shape[2] // predicted.shape[2]
    wanted = targets[:, rows[:, None], columns[None]]
    labelled = wanted != UNCERTAIN
    return float((predicted == wanted)[labelled].mean()) if labelled.any() else 0.0
