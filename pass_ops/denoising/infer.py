"""Labels and losses of all training images from a classifier (method 9.4 to 9.6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import LabelTable
from pass_ops.config.denoising import InferenceConfig
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.ids import Ids
from pass_ops.data.images import Images
from pass_ops.denoising.ensemble import Predictions, load_ensemble, predict_with_ensemble
from pass_ops.denoising.relabel import relabelled
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.paths import ClassifierCheckpointsPath, ImageLabelsPath, InferredLabelsPath
from pass_ops.tracking.tracker import Tracker

PAINTERS = ("c", "d")
"""Classifiers whose labels paint masks; a selection by losses has the last word on the others'."""


def infer_image_labels(
    *,
    name: str,
    images: Images,
    checkpoints: ClassifierCheckpointsPath,
    given: ImageLabelsPath,
    config: InferenceConfig,
    labels: InferredLabelsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Classify every training image, and measure the loss of the label that it had.

    Logits of image and mirror image are averaged. Over the last epochs' checkpoints, losses and
    softmax probabilities are averaged, which lowers the variance of both.

    Args:
        name: of the classifier: f, g, h, c or d.
        images: the training split.
        checkpoints: folder that `train_classifier` wrote.
        given: table of the images' labels so far; every image once.
        config: how images are resized, cropped and batched, and what it takes to change a label.
        labels: table to write, one row per image: key; label (see `relabelled`); confidence (its
            probability); given, loss (the label so far and its cross-entropy); flip_agrees (whether
            image and mirror image get the same label from the last checkpoint); label_space.
        tracker: gets the metrics.
        shards: what is done already.

    Returns:
        Part of the labels that changed, mean confidence and loss.

    Raises:
        ArtifactError: no checkpoints; weights of another network; see `LabelTable` and
            `same_space`.
    """
    previous = LabelTable.load(given).ordered(images.keys)
    space, before = previous.label_space, previous.labels
    ensemble = load_ensemble(checkpoints)
    for member in ensemble:
        same_space({str(given): space, str(member.weights): member.label_space})

    margin = config.relabel_margin if name in PAINTERS else 0.0

    def measured(batch: Predictions) -> Arrays:
        so_far = before[batch.places]
        losses = -np.take_along_axis(batch.log_p, so_far[None, :, None], 2).mean((0, 2))
        probabilities = batch.probabilities
        return _labelled(probabilities, relabelled(probabilities, so_far, margin)) | {
            "given": so_far.astype(np.int32),
            "loss": losses.astype(np.float32),
            "flip_agrees": batch.flip_agrees,
        }

    columns = predict_with_ensemble(
        name=name,
        images=images,
        ensemble=ensemble,
        config=config,
        decide=measured,
        shards=shards,
    )
    table = LabelTable.of({"key": images.keys, **columns, "label_space": space})
    table.save(labels)
    metrics = {
        "changed": float((table.rows["label"] != before).mean()),
        "confidence": float(table.rows["confidence"].mean()),
        "loss": float(table.rows["loss"].mean()),
    }
    tracker.metrics(metrics)
    return metrics


def classify_images(
    *,
    name: str,
    images: Images,
    checkpoints: ClassifierCheckpointsPath,
    config: CentreCropConfig,
    labels: ImageLabelsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Classify every image of a split as `infer_image_labels` does, without labels to measure.

    Args:
        name: of the classifier: f, g, h, c or d.
        images: the split.
        checkpoints: folder that `train_classifier` wrote.
        config: how images are resized, cropped and batched.
        labels: table to write: key, label, confidence, label_space.
        tracker: gets the metrics.
        shards: what is done already.

    Returns:
        Mean confidence.

    Raises:
        ArtifactError: no checkpoints; weights of another network.
    """
    ensemble = load_ensemble(checkpoints)

    def likeliest(batch: Predictions) -> Arrays:
        return _labelled(batch.probabilities, batch.probabilities.argmax(axis=1))

    columns = predict_with_ensemble(
        name=name,
        images=images,
        ensemble=ensemble,
        config=config,
        decide=likeliest,
        shards=shards,
    )
    space = ensemble[-1].label_space
    table = LabelTable.of({"key": images.keys, **columns, "label_space": space})
    table.save(labels)
    metrics = {"confidence": float(table.rows["confidence"].mean())}
    tracker.metrics(metrics)
    return metrics


def _labelled(probabilities: NDArray[np.float64], labels: Ids) -> Arrays:
    """The columns that every inference has: labels [B], and their probability among [B, K]."""
    return {
        "label": labels.astype(np.int32),
        "confidence": probabilities[np.arange(len(labels)), labels].astype(np.float32),
    }
