"""Labels and losses of all training images from a classifier (method 9.4 to 9.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.clustering.features import extract_features
from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import DISTANCES, load_labels, save_labels
from pass_ops.config.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import jt
from pass_ops.errors import ArtifactError
from pass_ops.models.classifier import Classifier, load_classifier
from pass_ops.tracking.tracker import Tracker

STAGE = "infer_image_labels"


def infer_image_labels(
    *,
    name: str,
    images: Images,
    checkpoints: Path,
    given: Path,
    config: CentreCropConfig,
    labels: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Classify every image and its mirror image; judge the labels that it had.

    Logits of image and mirror image are averaged. Over the last epochs' checkpoints, losses and
    softmax probabilities are averaged, which steadies both.

    Args:
        name: of the classifier: f, g, h or c.
        images: the training split.
        checkpoints: folder that `train_classifier` wrote.
        given: table of the images' labels so far; every image once.
        labels: table to write, one row per image: key; label (the most probable cluster);
            confidence (its probability); given, loss (the label so far and its cross-entropy);
            flip_agrees (whether image and mirror image get the same label from the last
            checkpoint); label_space; and the clusters' distances, if `given` has them.

    Returns:
        Part of the labels that changed, mean confidence and loss.

    Raises:
        ArtifactError: no checkpoints; weights of another network; see `load_labels` and
            `same_space`.
    """
    so_far = load_labels(given, images.keys)
    space, before = str(so_far["label_space"].iloc[0]), so_far["label"].to_numpy()
    losses, probabilities = np.zeros(len(images)), np.zeros(())
    votes = list(_votes(name=name, images=images, checkpoints=checkpoints, config=config))
    for vote in votes:
        same_space({str(given): space, str(vote.folder): vote.label_space})
        losses -= vote.log_p[np.arange(len(images)), before] / len(votes)
        probabilities = probabilities + np.exp(vote.log_p) / len(votes)
    table = _table(images, probabilities, space).assign(
        given=before.astype(np.int32),
        loss=losses.astype(np.float32),
        flip_agrees=votes[-1].flip_agrees,
    )
    # Second classes are looked for by the distances of the clustering that was judged (11.3).
    save_labels(labels, table.join(so_far[[name for name in DISTANCES if name in so_far]]))
    figures = {
        "changed": float((table["label"] != before).mean()),
        "confidence": float(table["confidence"].mean()),
        "loss": float(losses.mean()),
    }
    tracker.metrics(figures)
    return figures


def classify_images(
    *,
    name: str,
    images: Images,
    checkpoints: Path,
    config: CentreCropConfig,
    labels: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Classify every image of a split and its mirror image, as `infer_image_labels` does, without
    labels to judge.

    Args:
        labels: table to write: key, label, confidence, label_space.

    Returns:
        Mean confidence.

    Raises:
        ArtifactError: no checkpoints; weights of another network.
    """
    votes = list(_votes(name=name, images=images, checkpoints=checkpoints, config=config))
    probabilities = np.mean([np.exp(vote.log_p) for vote in votes], axis=0)
    table = _table(images, probabilities, votes[-1].label_space)
    save_labels(labels, table)
    figures = {"confidence": float(table["confidence"].mean())}
    tracker.metrics(figures)
    return figures


@dataclass(frozen=True, kw_only=True)
class _Vote:
    """What one checkpoint says: log probabilities [N, K], and whether each image and its mirror
    image agree [N].
    """

    folder: Path
    label_space: str
    log_p: NDArray[np.float64]
    flip_agrees: NDArray[np.bool_]


def _votes(
    *, name: str, images: Images, checkpoints: Path, config: CentreCropConfig
) -> Iterator[_Vote]:
    folders = sorted(checkpoints.glob("epoch-*"))
    if not folders:
        raise ArtifactError(f"{checkpoints} holds no checkpoints: run train_classifier again")
    for folder in folders:
        network, card = load_classifier(folder)

        def describe(pixels: jt.Var, network: Classifier = network) -> jt.Var:
            return jt.concat([network(pixels), network(pixels[:, :, :, ::-1])], dim=1)

        both = extract_features(
            stage=f"{STAGE}_{name}", describe=describe, images=images, config=config
        )
        plain, mirrored = both[:, : card.classes], both[:, card.classes :]
        log_p = log_softmax((plain + mirrored) / 2)
        yield _Vote(
            folder=folder,
            label_space=card.label_space,
            log_p=log_p,
            flip_agrees=plain.argmax(1) == mirrored.argmax(1),
        )


def _table(images: Images, probabilities: NDArray[np.float64], label_space: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": images.keys,
            "label": probabilities.argmax(1).astype(np.int32),
            "confidence": probabilities.max(1).astype(np.float32),
            "label_space": label_space,
        }
    )


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """log p of each row [N, K]."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))
