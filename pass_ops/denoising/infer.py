"""Labels and losses of all training images from a classifier (method 9.4 to 9.6)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import LabelTable
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.denoising.ensemble import predict_with_ensemble
from pass_ops.engine.checkpoints.shards import Shards
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
        name: of the classifier: f, g, h or c.
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
    losses, probabilities = np.zeros(len(images)), np.zeros(())
    ensemble = list(
        predict_with_ensemble(
            name=name, images=images, checkpoints=checkpoints, config=config, shards=shards
        )
    )
    for member in ensemble:
        same_space({str(given): space, str(member.weights): member.label_space})
        losses -= member.log_p[np.arange(len(images)), before] / len(ensemble)
        probabilities = probabilities + np.exp(member.log_p) / len(ensemble)
    rows = _rows(images, probabilities, space).assign(
        given=before.astype(np.int32),
        loss=losses.astype(np.float32),
        flip_agrees=ensemble[-1].flip_agrees,
    )
    LabelTable(rows).save(labels)
    metrics = {
        "changed": float((rows["label"] != before).mean()),
        "confidence": float(rows["confidence"].mean()),
        "loss": float(losses.mean()),
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
        name: of the classifier: f, g, h or c.
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
    ensemble = list(
        predict_with_ensemble(
            name=name, images=images, checkpoints=checkpoints, config=config, shards=shards
        )
    )
    probabilities = np.mean([np.exp(member.log_p) for member in ensemble], axis=0)
    rows = _rows(images, probabilities, ensemble[-1].label_space)
    LabelTable(rows).save(labels)
    metrics = {"confidence": float(rows["confidence"].mean())}
    tracker.metrics(metrics)
    return metrics


def _rows(images: Images, probabilities: NDArray[np.float64], label_space: str) -> pd.DataFrame:
    """The table's columns that every inference has.

    Args:
        images: in the order of the rows.
        probabilities: [N, K].
        label_space: of the labels.
    """
    return pd.DataFrame(
        {
            "key": images.keys,
            "label": probabilities.argmax(1).astype(np.int32),
            "confidence": probabilities.max(1).astype(np.float32),
            "label_space": label_space,
        }
    )
