"""The training loop that steps 1 and 2.1 share (method 4.8)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pass_ops.config.digest import digest
from pass_ops.config.network import NetworkConfig
from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.engine.jittor import jt, nn, to_numpy
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.progress import Progress
from pass_ops.engine.schedule import learning_rate
from pass_ops.errors import TrainingError
from pass_ops.models.weights import Card, arrays_of, save_weights
from pass_ops.representation.batches import ViewBatch, view_batches
from pass_ops.representation.collapse import CollapseAlarm, Health, health
from pass_ops.representation.queue import Queue
from pass_ops.representation.sinkhorn import sinkhorn
from pass_ops.tracking.tracker import Tracker


@dataclass(kw_only=True)
class Step:
    """Result of one forward pass: the loss to minimise, its named parts, and what the health check
    reads.
    """

    total: jt.Var
    parts: dict[str, jt.Var]
    embeddings: jt.Var
    codes: jt.Var


class Codes:
    """Computes the codes of the assigned views, with the queue's help."""

    def __init__(self, config: SelfSupervisedConfig, features: int) -> None:
        self.swav = config.swav
        self.queue = Queue(
            views=2,
            length=config.swav.queue_length,
            batch_size=config.batch_size,
            features=features,
        )
        self.collecting = False

    def start_epoch(self, epoch: int) -> None:
        """Start collecting embeddings at the configured epoch; use them once the queue is full."""
        self.collecting = epoch >= self.swav.queue_start_epoch
        self.queue.start_epoch()

    def assign(
        self, embeddings: list[jt.Var], scores: list[jt.Var], prototypes: jt.Var
    ) -> dict[int, jt.Var]:
        """Codes [B, P] of each assigned view; the queue's rows steady them and are not returned."""
        codes = {}
        for view in self.swav.crops_for_assign:
            extended = self.queue.extend(view, scores[view].detach(), prototypes.detach())
            balanced = sinkhorn(extended, self.swav.epsilon, self.swav.sinkhorn_iterations)
            codes[view] = balanced[balanced.shape[0] - scores[view].shape[0] :]
            if self.collecting:
                self.queue.push(view, embeddings[view])
        return codes


def train(
    *,
    stage: str,
    network: nn.Module,
    forward: Callable[[ViewBatch, Codes], Step],
    images: Images,
    sizes: NetworkConfig,
    config: SelfSupervisedConfig,
    alarm: CollapseAlarm,
    output: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Train `network`, which has `prototypes`, and write its last weights to `output`.

    Args:
        forward: loss of one batch.
        sizes: of the network, for its card.

    Returns:
        The last epoch's mean losses and health.

    Raises:
        TrainingError: too few images for a batch, a loss that is not finite, collapse.
    """
    steps = len(images) // config.batch_size
    if steps == 0:
        raise TrainingError(
            f"{stage}: {len(images)} images do not fill a batch of {config.batch_size}: lower {stage}.batch_size"
        )
    memory, codes = MemoryImages(images, config.cache_side), Codes(config, sizes.feat_dim)
    optimiser = Optimiser(network.parameters(), config.optimiser)
    progress = Progress(stage, config.epochs * steps * config.batch_size)
    figures: dict[str, float] = {}
    for epoch in range(config.epochs):
        codes.start_epoch(epoch)
        epoch_figures: list[dict[str, float]] = []
        for index, batch in enumerate(view_batches(memory, config, epoch)):
            step_index = epoch * steps + index
            rate = learning_rate(
                step=step_index,
                steps_per_epoch=steps,
                epochs=config.epochs,
                config=config.optimiser,
            )
            network.prototypes.normalise()
            step = forward(batch, codes)
            optimiser.backward(step.total)
            if step_index < config.swav.freeze_prototypes_iterations:
                optimiser.scale_gradient(network.prototypes.weight, 0.0)
            optimiser.step(rate)
            epoch_figures.append(_figures(step=step, rate=rate, stage=stage, epoch=epoch))
            loss = epoch_figures[-1]["loss"]
            progress.advance(
                config.batch_size, f"epoch {epoch + 1}/{config.epochs} loss {loss:.3f}"
            )
        figures = {
            name: float(np.mean([step[name] for step in epoch_figures]))
            for name in epoch_figures[0]
        }
        tracker.metrics(figures, epoch)
        alarm.check(
            epoch, Health(*(figures[name] for name in ("spread", "code_entropy", "usage_entropy")))
        )
        last = epoch + 1 == config.epochs
        if last or (epoch + 1) % config.checkpoint_every == 0:
            checkpoint = (
                output if last else output.parent / "checkpoints" / f"{stage}-{epoch + 1:04d}"
            )
            save_weights(
                checkpoint,
                arrays_of(network),
                Card(
                    stage=stage,
                    network=sizes,
                    epoch=epoch + 1,
                    config_digest=digest(config),
                    metrics=figures,
                ),
            )
            tracker.file(checkpoint, f"checkpoints/epoch-{epoch + 1:04d}")
    return figures


def _figures(*, step: Step, rate: float, stage: str, epoch: int) -> dict[str, float]:
    loss = float(step.total.item())
    if not math.isfinite(loss):
        raise TrainingError(
            f"{stage}: the loss is {loss} in epoch {epoch}: lower optimiser.base_lr"
        )
    parts = {name: float(value.item()) for name, value in step.parts.items()}
    state = health(to_numpy(step.embeddings), to_numpy(step.codes))
    return {"loss": loss, **parts, **asdict(state), "learning_rate": rate}
