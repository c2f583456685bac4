"""Training a segmenter on pseudo-labels (method 12.1 to 12.4)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from pass_ops.config.digest import digest
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.engine.checkpoints.place import checkpoints_of
from pass_ops.engine.jittor import seed_everything
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.ranks.world import is_first
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Plan
from pass_ops.models.segmenter import Segmenter
from pass_ops.models.weights import Card, fill, load_arrays, load_card
from pass_ops.paths import (
    InferredLabelsPath,
    LabelMapsPath,
    PretrainedWeightsPath,
    SegmenterCheckpointsPath,
)
from pass_ops.pseudo_labels.inputs import require_maps
from pass_ops.segmentation.batches import LabelledBatch, crop_loader, labelled_batches
from pass_ops.segmentation.image_weights import image_weights
from pass_ops.segmentation.training import SegmenterTraining
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.links import link_or_copy
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "train_segmenter"


def train_segmenter(
    *,
    images: Images,
    pseudo_labels: LabelMapsPath,
    weights: PretrainedWeightsPath,
    image_labels: InferredLabelsPath,
    clusters: int,
    config: SegmentationConfig,
    checkpoints: SegmenterCheckpointsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Train backbone and head on pseudo-labels.

    Args:
        images: the training split.
        pseudo_labels: label maps of every training image: 0 background, cluster id + 1, or
            UNCERTAIN.
        weights: folder that `pretrain` wrote; the backbone starts from it.
        image_labels: table of `infer_image_labels`, whose confidence weighs the images where the
            settings say so.
        clusters: K; the network has K + 1 outputs.
        config: settings of the training.
        checkpoints: folder to write, with one weights folder `epoch-<finished epochs>` per
            checkpoint.
        tracker: given every epoch's metrics, and the checkpoints.

    Returns:
        The last epoch's mean loss and pixel agreement with the pseudo-labels.

    Raises:
        ArtifactError: images without pseudo-labels, weights of another network; see
            `image_weights`.
        TrainingError: too few images for a batch, a loss that is not finite, no label at all.
    """
    seed_everything(config.seed)
    labels = LabelMaps(pseudo_labels)
    require_maps(labels, images, pseudo_labels)
    space = labels.origin("label_space")
    counts = image_weights(
        image_labels=image_labels,
        label_maps=pseudo_labels,
        label_space=space,
        images=images,
        by_confidence=config.confidence_weights,
    )
    plan = Plan(
        stage=STAGE,
        seed=config.seed,
        epochs=config.epochs,
        batch_size=config.batch_size,
        samples=len(images),
        checkpoint_every=config.checkpoint_every,
    )
    start = load_card(weights)
    network = Segmenter(start.network, clusters + 1, config.skips)
    fill(module=network, arrays=load_arrays(weights), source=weights, partial=("head.",))
    optimiser = Optimiser(network.parameters(), config.optimiser)
    card = Card(
        stage=STAGE,
        network=start.network,
        epoch=0,
        config_digest=digest(config),
        classes=clusters + 1,
        label_space=space,
        masks=labels.origin("masks_by", "none"),
        initial=start.initial,
    )

    loader = crop_loader(images, labels, config)

    def batches(epoch: int, first: int) -> Iterator[LabelledBatch]:
        return labelled_batches(
            loader=loader, weights=counts, config=config, epoch=epoch, first=first
        )

    place = checkpoints_of(
        stage=STAGE,
        config=config,
        keys=images.keys,
        artifacts=[pseudo_labels, image_labels, weights],
        output=checkpoints,
    )
    with place as resumable, loader:
        training = SegmenterTraining(
            network=network,
            batches=batches,
            config=config,
            card=card,
            folder=resumable.kept,
            tracker=tracker,
        )
        trainer = Trainer(plan=plan, optimiser=optimiser, tracker=tracker, checkpoints=resumable)
        metrics = trainer.fit(training)
        if is_first():
            with atomic_path(checkpoints, form_of(SegmenterCheckpointsPath)) as folder:
                for kept in training.kept:
                    shutil.copytree(kept, folder / kept.name, copy_function=link_or_copy)
        resumable.finish()
    return metrics
