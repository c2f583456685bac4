"""Training a segmenter on pseudo-labels (method 12.1 to 12.4)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.digest import digest
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.data.transforms.joint import joint_crop
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.engine.jittor import jt, seed_everything
from pass_ops.engine.loader import batches, epoch_order, sample_rng
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.progress import Progress
from pass_ops.engine.schedule import learning_rate
from pass_ops.errors import ArtifactError, TrainingError
from pass_ops.models.segmenter import Segmenter
from pass_ops.models.weights import Card, arrays_of, fill, load_arrays, load_card, save_weights
from pass_ops.segmentation.image_weights import Weights, image_weights
from pass_ops.segmentation.loss import pixel_cross_entropy
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "train_segmenter"
Batch = tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]


def train_segmenter(
    *,
    images: Images,
    pseudo_labels: Path,
    weights: Path,
    image_labels: Path,
    clusters: int,
    config: SegmentationConfig,
    checkpoints: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Train backbone and head on pseudo-labels.

    Args:
        images: the training split.
        pseudo_labels: label maps of every training image: 0 background, cluster id + 1, or
            UNCERTAIN.
        image_labels: table of `infer_image_labels`, whose confidence weighs the images where the
            settings say so.
        weights: folder that `pretrain` wrote; the backbone starts from it.
        clusters: K; the network has K + 1 outputs.
        checkpoints: folder to write, with one weights folder `epoch-<finished epochs>` per kept
            checkpoint.

    Returns:
        The last epoch's mean loss and pixel agreement with the pseudo-labels.

    Raises:
        ArtifactError: images without pseudo-labels, weights of another network; see
            `image_weights`.
        TrainingError: too few images for a batch, a loss that is not finite.
    """
    seed_everything(config.seed)
    labels = LabelMaps(pseudo_labels)
    missing = sorted(set(images.keys) - set(labels.keys))
    if missing:
        raise ArtifactError(
            f"{pseudo_labels} lacks the labels of {len(missing)} images ({missing[0]}, …): make them again"
        )
    space = str(labels.meta["label_space"])
    masks = str(labels.meta.get("masks_by", "none"))
    counts = image_weights(
        image_labels=image_labels,
        label_maps=pseudo_labels,
        label_space=space,
        images=images,
        by_confidence=config.confidence_weights,
    )
    steps = len(images) // config.batch_size
    if steps == 0:
        raise TrainingError(
            f"{STAGE}: {len(images)} images do not fill a batch of {config.batch_size}: lower {STAGE}.batch_size"
        )
    sizes = load_card(weights).network
    network = Segmenter(sizes, clusters + 1)
    fill(module=network, arrays=load_arrays(weights), source=weights, partial=("head.",))
    optimiser = Optimiser(network.parameters(), config.optimiser)
    progress = Progress(STAGE, config.epochs * steps * config.batch_size)
    figures: dict[str, float] = {}
    with atomic_path(checkpoints) as folder:
        folder.mkdir(parents=True)
        for epoch in range(config.epochs):
            figures = _train_epoch(
                network=network,
                optimiser=optimiser,
                images=images,
                labels=labels,
                counts=counts,
                config=config,
                epoch=epoch,
                progress=progress,
            )
            tracker.metrics(figures, epoch)
            if epoch + 1 == config.epochs or (epoch + 1) % config.checkpoint_every == 0:
                kept = folder / f"epoch-{epoch + 1:04d}"
                card = Card(
                    stage=STAGE,
                    network=sizes,
                    epoch=epoch + 1,
                    config_digest=digest(config),
                    classes=clusters + 1,
                    label_space=space,
                    masks=masks,
                    metrics=figures,
                )
                save_weights(kept, arrays_of(network), card)
                tracker.file(kept, "checkpoints")
    return figures


def _train_epoch(
    *,
    network: Segmenter,
    optimiser: Optimiser,
    images: Images,
    labels: LabelMaps,
    counts: Weights,
    config: SegmentationConfig,
    epoch: int,
    progress: Progress,
) -> dict[str, float]:
    """One pass over the images; mean loss and agreement, and the last learning rate."""
    steps = len(images) // config.batch_size
    losses, agreements, rate = [], [], 0.0
    for index, (pixels, targets, weights) in enumerate(
        labelled_batches(images=images, labels=labels, counts=counts, config=config, epoch=epoch)
    ):
        rate = learning_rate(
            step=epoch * steps + index,
            steps_per_epoch=steps,
            epochs=config.epochs,
            config=config.optimiser,
        )
        logits = network(jt.array(pixels))
        loss = pixel_cross_entropy(logits, jt.array(targets), jt.array(weights))
        optimiser.backward(loss)
        optimiser.step(rate)
        losses.append(float(loss.item()))
        agreements.append(_agreement(logits, targets))
        if not math.isfinite(losses[-1]):
            raise TrainingError(
                f"{STAGE}: the loss is {losses[-1]} in epoch {epoch}: lower optimiser.base_lr"
            )
        progress.advance(
            config.batch_size, f"epoch {epoch + 1}/{config.epochs} loss {losses[-1]:.3f}"
        )
    return {
        "loss": float(np.mean(losses)),
        "agreement": float(np.mean(agreements)),
        "learning_rate": rate,
    }


def labelled_batches(
    *, images: Images, labels: LabelMaps, counts: Weights, config: SegmentationConfig, epoch: int
) -> Iterator[Batch]:
    """One epoch, shuffled: images [B, 3, crop, crop], labels [B, s, s] at the loss's resolution,
    weights [B].
    """
    side = max(1, round(config.crop * config.label_scale))

    def make(index: int) -> tuple[NDArray[np.uint8], NDArray[np.int32], np.float32]:
        key, rng = images.keys[index], sample_rng(config.seed, epoch, index)
        scale = (config.min_scale, config.max_scale)
        view, target = joint_crop(
            image=images.image(key), labels=labels.read(key), side=config.crop, scale=scale, rng=rng
        )
        return view, resize_nearest(target, side, side), counts[index]

    order = epoch_order(len(images), config.seed, epoch)
    for samples in batches(
        make=make, order=order, batch_size=config.batch_size, workers=config.workers
    ):
        views, targets, weights = zip(*samples, strict=True)
        yield normalise(views), np.stack(targets), np.array(weights, dtype=np.float32)


def _agreement(logits: jt.Var, targets: NDArray[np.int32]) -> float:
    """Fraction of the logits' positions whose class is the pseudo-label there, if one is; a measure
    of fit.
    """
    predicted = logits.numpy().argmax(axis=1)
    rows = np.arange(predicted.shape[1]) * targets.shape[1] // predicted.shape[1]
    columns = np.arange(predicted.shape[2]) * targets.shape[2] // predicted.shape[2]
    wanted = targets[:, rows[:, None], columns[None]]
    counted = wanted != UNCERTAIN
    return float((predicted == wanted)[counted].mean()) if counted.any() else 0.0
