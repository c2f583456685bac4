"""Labels and losses of all training images from a classifier (method 9.4 to 9.6)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import LabelTable
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.denoising.ensemble import Predictions, load_ensemble, predict_with_ensemble
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.paths import ClassifierCheckpointsPath, ImageLabelsPath, InferredLabelsPath
from pass_ops.tracking.tracker import Tracker


def infer_image_labels(
    *,
    name: str,
    images: Images,
    checkpoints: ClassifierCheckpointsPath,
    given: ImageLabelsPath,
    config: CentreCropConfig,
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
        config: how images are resized, cropped and batched.
        labels: table to write, one row per image: key; label (the most probable cluster);
            confidence (its probability); given, loss (the label so far and its cross-entropy);
            flip_agrees (whether image and mirror image get the same label from the last
            checkpoint); label_space.
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

    def measured(batch: Predictions) -> Arrays:
        labelled = before[batch.places][None, :, None]
        losses = -np.take_along_axis(batch.log_p, labelled, 2).mean((0, 2))
        return _likeliest(batch) | {
            "given": before[batch.places].astype(np.int32),
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
    rows = pd.DataFrame({"key": images.keys, **columns, "label_space": space})
    LabelTable(rows).save(labels)
    metrics = {
        "changed": float((rows["label"] != before).mean()),
        "confidence": float(rows["confidence"].mean()),
        "loss": float(rows["loss"].mean()),
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
    columns = predict_with_ensemble(
        name=name,
        images=images,
        ensemble=ensemble,
        config=config,
        decide=_likeliest,
        shards=shards,
    )
    rows = pd.DataFrame({"key": images.keys, **columns, "label_space": ensemble[-1].label_space})
    LabelTable(rows).save(labels)
    metrics = {"confidence": float(rows["confidence"].mean())}
    tracker.metrics(metrics)
    return metrics


def _likeliest(batch: Predictions) -> Arrays:
    """The columns that every inference has: the most probable cluster, and its probability."""
    probabilities = batch.probabilities
    return {
        "label": probabilities.argmax(1).astype(np.int32),
        "confidence": probabilities.max(1).astype(np.float32),
    }
