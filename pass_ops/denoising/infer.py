"""Labels and losses of all training images from a classifier (ALGORITHMS 9.4 to 9.6)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.clustering.features import extract_features
from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import load_labels, save_labels
from pass_ops.config.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import jt
from pass_ops.errors import ArtifactError
from pass_ops.models.classifier import load_classifier
from pass_ops.tracking.tracker import Tracker

STAGE = "infer_image_labels"


def infer_image_labels(
    name: str,
    images: Images,
    checkpoints: Path,
    given: Path,
    config: CentreCropConfig,
    labels: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Classify every image and its mirror image; judge the labels that it had.

    Logits of image and mirror image are averaged. Over the last epochs' checkpoints, losses and softmax
    probabilities are averaged, which steadies both.

    Args:
        name: of the classifier: f, g, h or c.
        images: the training split.
        checkpoints: folder that `train_classifier` wrote.
        given: table of the images' labels so far; every image once.
        labels: table to write, one row per image: key; label (the most probable cluster); confidence (its probability);
            given, loss (the label so far and its cross-entropy); flip_agrees (whether image and mirror image get the
            same label from the last checkpoint); label_space.

    Returns:
        Part of the labels that changed, mean confidence and loss.

    Raises:
        ArtifactError: no checkpoints; weights of another network; see `load_labels` and `same_space`.
    """
    folders = sorted(checkpoints.glob("epoch-*"))
    if not folders:
        raise ArtifactError(f"{checkpoints} holds no checkpoints: run train_classifier again")
    so_far = load_labels(given, images.keys)
    space, before = str(so_far["label_space"].iloc[0]), so_far["label"].to_numpy()
    losses = np.zeros(len(images))
    probabilities, agrees = np.zeros(()), np.zeros(len(images), dtype=bool)
    for folder in folders:
        network, card = load_classifier(folder)
        same_space({str(given): space, str(folder): card.label_space})

        def describe(pixels: jt.Var, network: object = network) -> jt.Var:
            return jt.concat([network(pixels), network(pixels[:, :, :, ::-1])], dim=1)  # type: ignore[operator]

        both = extract_features(f"{STAGE}_{name}", describe, images, config)
        plain, mirrored = both[:, : card.classes], both[:, card.classes :]
        log_p = log_softmax((plain + mirrored) / 2)
        losses -= log_p[np.arange(len(images)), before] / len(folders)
        probabilities = probabilities + np.exp(log_p) / len(folders)
        agrees = plain.argmax(1) == mirrored.argmax(1)
    after = probabilities.argmax(1).astype(np.int32)
    table = pd.DataFrame(
        {
            "key": images.keys,
            "label": after,
            "confidence": probabilities.max(1).astype(np.float32),
            "given": before.astype(np.int32),
            "loss": losses.astype(np.float32),
            "flip_agrees": agrees,
            "label_space": space,
        }
    )
    save_labels(labels, table)
    figures = {
        "changed": float((after != before).mean()),
        "confidence": float(table["confidence"].mean()),
        "loss": float(losses.mean()),
    }
    tracker.metrics(figures)
    return figures


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """log p of each row [N, K]."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))
