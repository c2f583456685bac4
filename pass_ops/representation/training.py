"""What the trainings of steps 1 and 2.1 share (method 4.8)."""

from __future__ import annotations

from collections.abc import Callable

from pass_ops.config.digest import digest
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.place import checkpoints_of
from pass_ops.engine.jittor import nn
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics, Plan
from pass_ops.models.card import RANDOM, Card
from pass_ops.paths import WeightsPath
from pass_ops.representation.batches import ViewBatch, view_loader
from pass_ops.representation.codes import Codes
from pass_ops.representation.collapse import CollapseAlarm
from pass_ops.representation.self_supervised import (
    ForwardPass,
    SelfSupervisedTraining,
    earlier_weights,
)
from pass_ops.storage.kinds import require_all_free
from pass_ops.tracking.tracker import Tracker


def train(
    *,
    stage: str,
    network: nn.Module,
    forward: Callable[[ViewBatch, Codes], ForwardPass],
    images: Images,
    sizes: NetworkConfig,
    config: SelfSupervisedConfig,
    alarm: CollapseAlarm,
    start: WeightsPath,
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
        start: folder of the weights that the network starts from.
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
        stage=stage,
        seed=config.seed,
        epochs=config.epochs,
        batch_size=config.batch_size,
        samples=len(images),
        checkpoint_every=config.checkpoint_every,
    )
    card = Card(stage=stage, network=sizes, epoch=0, config_digest=digest(config), initial=initial)
    loader = view_loader(images, config)
    training = SelfSupervisedTraining(
        network=network,
        compute=forward,
        loader=loader,
        images=len(images),
        codes=Codes(config, sizes.feat_dim),
        optimiser=Optimiser(network.parameters(), config.optimiser),
        config=config,
        alarm=alarm,
        card=card,
        output=output,
        tracker=tracker,
    )
    epochs = range(config.checkpoint_every, config.epochs, config.checkpoint_every)
    require_all_free({earlier_weights(output, stage, epoch): WeightsPath for epoch in epochs}, ())
    kept = checkpoints_of(
        stage=stage, config=config, keys=images.keys, artifacts=[start], output=output
    )
    with kept as checkpoints, loader:
        trainer = Trainer(
            plan=plan, optimiser=training.optimiser, tracker=tracker, checkpoints=checkpoints
        )
        metrics = trainer.fit(training)
        training.keep(output, config.epochs, metrics)
        checkpoints.finish()
    return metrics
