"""Training of a classifier on image labels (method 9.2, 9.3, 9.5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.digest import digest
from pass_ops.data.images import Images
from pass_ops.denoising.batches import LabelledBatch, image_loader, labelled_batches
from pass_ops.denoising.targets import load_targets
from pass_ops.denoising.training import ClassifierTraining, probe_images
from pass_ops.engine.checkpoints.place import checkpoints_of
from pass_ops.engine.jittor import seed_everything
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.ranks.world import is_first
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Plan
from pass_ops.models.checkpoints import checkpoint_path
from pass_ops.models.classifier import Classifier
from pass_ops.models.weights import Card, fill, load_arrays, load_card, save_weights
from pass_ops.paths import (
    AttentionWeightsPath,
    ClassifierCheckpointsPath,
    ClassifierWeightsPath,
    ImageLabelsPath,
)
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "train_classifier"


def train_classifier(
    *,
    name: str,
    images: Images,
    targets: ImageLabelsPath,
    weights: AttentionWeightsPath,
    clusters: int,
    config: ClassifierConfig,
    checkpoints: ClassifierCheckpointsPath,
    last: ClassifierWeightsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Train on image labels, from the weights of step 2.1.

    Args:
        name: f, g, h, c or d.
        images: the training split.
        targets: table of labels, of all images or of a selection; an image counts `repeat` times
            where there is such a column.
        weights: folder that `train_pixel_attention` wrote.
        clusters: K, the network's outputs.
        config: settings of the training.
        checkpoints: folder to write, with one weights folder `epoch-<finished epochs>` for each of
            the last epochs.
        last: folder for the last epoch's weights.
        tracker: given every epoch's metrics, and the last weights.

    Returns:
        The last epoch's loss and accuracy on these labels, the fraction of predictions that it
        changed, and the epochs.

    Raises:
        ArtifactError: weights of another network; see `load_targets`.
        TrainingError: too few labelled images for a batch, a loss that is not finite.
    """
    seed_everything(config.seed)
    stage = f"{STAGE}_{name}"
    labels = load_targets(targets, images, clusters)
    order = np.repeat(np.arange(len(labels)), labels.repeats)
    plan = Plan(
        stage=stage,
        seed=config.seed,
        epochs=config.epochs,
        batch_size=config.batch_size,
        samples=len(order),
        checkpoint_every=config.checkpoint_every,
        noun="labelled images",
    )
    start = load_card(weights)
    network = Classifier(start.network, clusters, config.pooling)
    fill(module=network, arrays=load_arrays(weights), source=weights, partial=("classifier.",))
    if config.trainable == "last_stage":
        network.freeze_early_stages()
    optimiser = Optimiser(network.parameters(), config.optimiser)
    probes = probe_images(len(images))
    loader = image_loader(images, config, config.epochs * (len(order) + len(probes)))

    def batches(epoch: int, first: int) -> Iterator[LabelledBatch]:
        return labelled_batches(
            loader=loader,
            images=images,
            labels=labels,
            order=order,
            config=config,
            epoch=epoch,
            first=first,
        )

    card = Card(
        stage=stage,
        network=start.network,
        epoch=0,
        config_digest=digest(config),
        classes=clusters,
        label_space=labels.label_space,
        pooling=config.pooling,
        initial=start.initial,
    )
    training = ClassifierTraining(
        network=network,
        batches=batches,
        loader=loader,
        probes=probes,
        config=config,
        card=card,
        checkpoints=deque(maxlen=config.ensemble_epochs),
    )
    kept = checkpoints_of(
        stage=stage, config=config, keys=images.keys, artifacts=[targets, weights], output=last
    )
    with kept as resumable, loader:
        trainer = Trainer(plan=plan, optimiser=optimiser, tracker=tracker, checkpoints=resumable)
        metrics = trainer.fit(training)
        if is_first():
            with atomic_path(checkpoints, form_of(ClassifierCheckpointsPath)) as folder:
                for arrays, card in training.checkpoints:
                    save_weights(checkpoint_path(folder, card.epoch), arrays, card)
        save_weights(last, *training.checkpoints[-1])
        tracker.file(last, "checkpoints")
        resumable.finish()
    return metrics
