"""What the trainings of steps 1 and 2.1 share (method 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace

from pass_ops.config.digest import digest
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.engine.jittor import jt, nn, to_numpy
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics, Plan, Step, Training, TrainingState
from pass_ops.models.card import RANDOM, Card
from pass_ops.models.weights import arrays_of, save_weights
from pass_ops.paths import WeightsPath
from pass_ops.representation.batches import ViewBatch, view_batches
from pass_ops.representation.codes import Codes
from pass_ops.representation.collapse import CollapseAlarm, Health, health
from pass_ops.storage.kinds import require_all_free
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


def train(
    *,
    stage: str,
    network: nn.Module,
    forward: Callable[[ViewBatch, Codes], ForwardPass],
    images: Images,
    sizes: NetworkConfig,
    config: SelfSupervisedConfig,
    alarm: CollapseAlarm,
    output: WeightsPath,
    tracker: Tracker,
    initial: str = RANDOM,
) -> Metrics:
    """Train `network` and write its last weights to `output`.

    Args:
        stage: the stage's name.
        network: whatever has `prototypes`.
        forward: loss of one batch.
        images: the training split.
        sizes: of the network, for its card.
        config: settings of the training.
        alarm: asked after every epoch.
        output: folder for the last epoch's weights; earlier ones go to `checkpoints` beside it.
        tracker: given every epoch's metrics, and the checkpoints.
        initial: what all training began with, for the card.

    Returns:
        The last epoch's mean losses and health.

    Raises:
        StorageError: something else than an earlier checkpoint is where one will be written.
        TrainingError: too few images for a batch, a loss that is not finite, collapse.
    """
    plan = Plan(
        stage=stage, epochs=config.epochs, batch_size=config.batch_size, samples=len(images)
    )
    training = SelfSupervisedTraining(
        network=network,
        compute=forward,
        memory=MemoryImages(images, config.cache_side),
        codes=Codes(config, sizes.feat_dim),
        optimiser=Optimiser(network.parameters(), config.optimiser),
        config=config,
        alarm=alarm,
        card=Card(
            stage=stage, network=sizes, epoch=0, config_digest=digest(config), initial=initial
        ),
        output=output,
        tracker=tracker,
    )
    epochs = range(config.checkpoint_every, config.epochs, config.checkpoint_every)
    require_all_free({_checkpoint(output, stage, epoch): WeightsPath for epoch in epochs}, ())
    return Trainer(plan, training.optimiser, tracker).fit(training)


def _checkpoint(output: WeightsPath, stage: str, epoch: int) -> WeightsPath:
    """Where the weights of an epoch before the last are kept.

    Args:
        output: folder of the last epoch's.
        stage: that trains.
        epoch: number of finished epochs.
    """
    return WeightsPath(output.parent / "checkpoints" / f"{stage}-{epoch:04d}")


@dataclass(kw_only=True)
class SelfSupervisedTraining(Training[ViewBatch]):
    """Steps 1 and 2.1 for the trainer; see `train` for the fields."""

    network: nn.Module
    compute: Callable[[ViewBatch, Codes], ForwardPass]
    memory: MemoryImages
    codes: Codes
    optimiser: Optimiser
    config: SelfSupervisedConfig
    alarm: CollapseAlarm
    card: Card
    output: WeightsPath
    tracker: Tracker

    def start_epoch(self, epoch: int) -> Iterable[ViewBatch]:
        """Let the queue join in if it is full."""
        self.codes.start_epoch(epoch)
        return view_batches(self.memory, self.config, epoch)

    def forward(self, batch: ViewBatch, state: TrainingState) -> Step:
        """Compute the losses, with prototypes of unit length; see `Training.forward`."""
        # The last step has moved the prototypes off the sphere.
        self.network.prototypes.normalise()
        result = self.compute(batch, self.codes)

        def metrics() -> Metrics:
            parts = {name: float(value.item()) for name, value in result.parts.items()}
            condition = health(to_numpy(result.embeddings), to_numpy(result.codes))
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
        last = state.epoch == self.config.epochs
        if not last and state.epoch % self.config.checkpoint_every:
            return
        checkpoint = self.output if last else _checkpoint(self.output, self.card.stage, state.epoch)
        card = replace(self.card, epoch=state.epoch, metrics=metrics)
        save_weights(checkpoint, arrays_of(self.network), card)
        self.tracker.file(checkpoint, f"checkpoints/epoch-{state.epoch:04d}")
