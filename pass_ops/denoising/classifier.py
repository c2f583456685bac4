"""Training of a classifier on image labels (method 9.2, 9.3, 9.5)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.digest import digest
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.denoising.batches import labelled_batches, sample_batches
from pass_ops.denoising.loss import cross_entropy
from pass_ops.denoising.targets import load_targets
from pass_ops.engine.jittor import jt, seed_everything
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.progress import Progress
from pass_ops.engine.schedule import learning_rate
from pass_ops.errors import TrainingError
from pass_ops.models.classifier import Classifier
from pass_ops.models.weights import (
    Arrays,
    Card,
    arrays_of,
    fill,
    load_arrays,
    load_card,
    save_weights,
)
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "train_classifier"
# Images whose predictions are compared from epoch to epoch: enough to measure a change of one
# percent.
WATCHED = 2048


def train_classifier(
    *,
    name: str,
    images: Images,
    targets: Path,
    weights: Path,
    clusters: int,
    config: ClassifierConfig,
    checkpoints: Path,
    last: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Train all layers on image labels, from the weights of step 2.1.

    Args:
        name: f, g, h or c.
        images: the training split.
        targets: table of labels, of all images or of a selection; an image counts `repeat` times
            where there is such a column.
        weights: folder that `train_pixel_attention` wrote.
        clusters: K.
        checkpoints: folder to write, with one weights folder `epoch-<finished epochs>` for each of
            the last epochs.
        last: folder for the last epoch's weights.

    Returns:
        The last epoch's loss and accuracy on the given labels, the fraction of predictions that it
        changed, and the epochs.

    Raises:
        ArtifactError: weights of another network; see `load_targets`.
        TrainingError: too few labelled images for a batch, a loss that is not finite.
    """
    seed_everything(config.seed)
    stage = f"{STAGE}_{name}"
    labels = load_targets(targets, images, clusters)
    order = np.repeat(np.arange(len(labels)), labels.get("repeat", 1))
    steps = len(order) // config.batch_size
    if steps == 0:
        raise TrainingError(
            f"{stage}: {len(order)} labelled images do not fill a batch of {config.batch_size}: lower {stage}.batch_size"
        )
    sizes = load_card(weights).network
    network = Classifier(sizes, clusters, config.pooling)
    fill(module=network, arrays=load_arrays(weights), source=weights, partial=("classifier.",))
    optimiser = Optimiser(network.parameters(), config.optimiser)
    memory = MemoryImages(images, config.cache_side)
    progress = Progress(stage, config.epochs * steps * config.batch_size)
    space = str(labels["label_space"].iloc[0])
    kept: list[tuple[Arrays, Card]] = []
    figures: dict[str, float] = {}
    before: NDArray[np.int64] | None = None
    for epoch in range(config.epochs):
        figures = _train_epoch(
            network=network,
            optimiser=optimiser,
            memory=memory,
            labels=labels,
            order=order,
            config=config,
            epoch=epoch,
            progress=progress,
            stage=stage,
        )
        after = _watch(network, memory, config)
        figures["changed"] = 1.0 if before is None else float((after != before).mean())
        figures["epochs"], before = epoch + 1.0, after
        tracker.metrics(figures, epoch)
        card = Card(
            stage=stage,
            network=sizes,
            epoch=epoch + 1,
            config_digest=digest(config),
            classes=clusters,
            label_space=space,
            pooling=config.pooling,
            metrics=figures,
        )
        kept = [*kept, (arrays_of(network), card)][-config.keep_epochs :]
        if (
            config.compat == "fixed"
            and len(kept) == config.keep_epochs
            and figures["changed"] < config.stable
        ):
            break
    with atomic_path(checkpoints) as folder:
        for arrays, card in kept:
            save_weights(folder / f"epoch-{card.epoch:04d}", arrays, card)
    save_weights(last, *kept[-1])
    tracker.file(last, "checkpoints")
    return figures


def _train_epoch(
    *,
    network: Classifier,
    optimiser: Optimiser,
    memory: MemoryImages,
    labels: pd.DataFrame,
    order: NDArray[np.int64],
    config: ClassifierConfig,
    epoch: int,
    progress: Progress,
    stage: str,
) -> dict[str, float]:
    """One pass; mean loss and accuracy, and the last learning rate."""
    network.train()
    steps = len(order) // config.batch_size
    smoothing = config.label_smoothing if config.compat == "fixed" else 0.0
    losses, hits, rate = [], [], 0.0
    for index, (pixels, targets) in enumerate(
        labelled_batches(memory=memory, labels=labels, order=order, config=config, epoch=epoch)
    ):
        rate = learning_rate(
            step=epoch * steps + index,
            steps_per_epoch=steps,
            epochs=config.epochs,
            config=config.optimiser,
        )
        logits = network(jt.array(pixels))
        loss = cross_entropy(logits, jt.array(targets), smoothing)
        optimiser.backward(loss)
        optimiser.step(rate)
        losses.append(float(loss.item()))
        hits.append(float((logits.numpy().argmax(axis=1) == targets).mean()))
        if not math.isfinite(losses[-1]):
            raise TrainingError(
                f"{stage}: the loss is {losses[-1]} in epoch {epoch}: lower optimiser.base_lr"
            )
        progress.advance(
            config.batch_size, f"epoch {epoch + 1}/{config.epochs} loss {losses[-1]:.3f}"
        )
    return {"loss": float(np.mean(losses)), "accuracy": float(np.mean(hits)), "learning_rate": rate}


def _watch(
    network: Classifier, memory: MemoryImages, config: ClassifierConfig
) -> NDArray[np.int64]:
    """Predicted labels of the watched images, which tell without ground truth when training has
    settled.
    """
    network.eval()
    count = min(len(memory), WATCHED)
    watched = [int(index) for index in np.linspace(0, len(memory) - 1, count)]
    with jt.no_grad():
        batches = sample_batches(memory, watched, config)
        return np.concatenate(
            [network(jt.array(pixels)).numpy().argmax(axis=1) for pixels in batches]
        )
