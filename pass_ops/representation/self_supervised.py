"""Steps 1 and 2.1 as the trainer sees them (method 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.engine.checkpoints.snapshot import Snapshot, prefixed, under
from pass_ops.engine.jittor import jt, nn, to_numpy
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.loading.samples import Draw
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.ranks.collectives import gather
from pass_ops.engine.training import Metrics, Step, Training, TrainingState
from pass_ops.models.card import Card
from pass_ops.models.weights import arrays_of, network_arrays, restore_network, save_weights
from pass_ops.paths import WeightsPath
from pass_ops.representation.batches import ViewBatch, view_batches
from pass_ops.representation.codes import Codes
from pass_ops.representation.collapse import CollapseAlarm, Health, health
from pass_ops.tracking.tracker import Tracker


@dataclass(kw_only=True)
class ForwardPass:
    """What the loop reads of one batch's forward pass.

    Attributes:
        total: the loss to minimise.
        parts: its summands by name.
        embeddings: [B, features] of the first view.
        codes: [B, prototypes] of the first assigned view.
    """

    total: jt.Var
    parts: dict[str, jt.Var]
    embeddings: jt.Var
    codes: jt.Var


@dataclass(kw_only=True)
class SelfSupervisedTraining(Training[ViewBatch]):
    """Steps 1 and 2.1 for the trainer.

    Attributes:
        network: whatever has `prototypes`.
        compute: loss of one batch.
        loader: makes its views.
        images: number of the training images.
        codes: assigns views to prototypes, with the queue.
        optimiser: of the network's parameters.
        config: settings of the training.
        alarm: asked after every epoch.
        card: of the weights, but for epoch and metrics.
        output: folder of the last weights; earlier ones go to `checkpoints` beside it.
        tracker: given all weights.
    """

    network: nn.Module
    compute: Callable[[ViewBatch, Codes], ForwardPass]
    loader: Loader[Draw]
    images: int
    codes: Codes
    optimiser: Optimiser
    config: SelfSupervisedConfig
    alarm: CollapseAlarm
    card: Card
    output: WeightsPath
    tracker: Tracker

    def start_epoch(self, epoch: int, first: int) -> Iterable[ViewBatch]:
        """Let the queue join in if it is full; see `Training.start_epoch`."""
        # Amid an epoch a checkpoint says whether it had joined.
        if first == 0:
            self.codes.start_epoch(epoch)
        return view_batches(
            loader=self.loader, count=self.images, config=self.config, epoch=epoch, first=first
        )

    def forward(self, batch: ViewBatch, state: TrainingState) -> Step:
        """Compute the losses, with prototypes of unit length; see `Training.forward`."""
        # The last step has moved the prototypes off the sphere.
        self.network.prototypes.normalise()
        result = self.compute(batch, self.codes)

        def metrics() -> Metrics:
            parts = {name: float(value.item()) for name, value in result.parts.items()}
            embeddings, codes = gather(result.embeddings), gather(result.codes)
            condition = health(to_numpy(embeddings), to_numpy(codes))
            return {**parts, **asdict(condition), "learning_rate": state.rate}

        return Step(loss=result.total, metrics=metrics)

    def adjust_gradients(self, state: TrainingState) -> None:
        """Freeze the prototypes in the first steps, so that the features settle around them."""
        if state.step < self.config.swav.freeze_prototypes_iterations:
            self.optimiser.scale_gradient(self.network.prototypes.weight, 0.0)

    def end_epoch(self, state: TrainingState, metrics: Metrics) -> None:
        """Refuse to go on after collapse; keep weights where it is time; see `Training`."""
        names = ("spread", "code_entropy", "usage_entropy")
        self.alarm.check(state.epoch - 1, Health(*(metrics[name] for name in names)))
        if state.epoch < self.config.epochs and state.epoch % self.config.checkpoint_every == 0:
            path = earlier_weights(self.output, self.card.stage, state.epoch)
            self.keep(path, state.epoch, metrics)

    def keep(self, path: WeightsPath, epoch: int, metrics: Metrics) -> None:
        """Write the weights, and hand them to the tracker.

        Args:
            path: folder to write.
            epoch: number of finished epochs.
            metrics: of the last one.
        """
        card = replace(self.card, epoch=epoch, metrics=metrics)
        save_weights(path, arrays_of(self.network), card)
        self.tracker.file(path, f"checkpoints/epoch-{epoch:04d}")

    def snapshot(self) -> Snapshot:
        """Network, queue, and how long the alarm has been waiting."""
        queue = self.codes.queue.snapshot()
        return Snapshot(
            arrays=network_arrays(self.network) | prefixed("queue.", queue.arrays),
            values={
                "queue": queue.values,
                "collecting": self.codes.collecting,
                "collapsed_epochs": self.alarm.collapsed_epochs,
            },
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from what `snapshot` gave."""
        restore_network(self.network, snapshot)
        self.codes.queue.restore(
            Snapshot(arrays=under("queue.", snapshot.arrays), values=snapshot.values["queue"])
        )
        self.codes.collecting = snapshot.values["collecting"]
        self.alarm.collapsed_epochs = snapshot.values["collapsed_epochs"]


def earlier_weights(output: WeightsPath, stage: str, epoch: int) -> WeightsPath:
    """Where the weights of an epoch before the last are kept.

    Args:
        output: folder of the last epoch's.
        stage: that trains.
        epoch: number of finished epochs.
    """
    return WeightsPath(output.parent / "checkpoints" / f"{stage}-{epoch:04d}")
