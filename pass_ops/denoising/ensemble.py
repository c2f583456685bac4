"""Predictions of the checkpoints of a classifier's last epochs (method 9.4, 9.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.features import extract_features
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.jittor import jt
from pass_ops.models.checkpoints import list_checkpoints
from pass_ops.models.classifier import Classifier, load_classifier
from pass_ops.paths import ClassifierCheckpointsPath, ClassifierWeightsPath

STAGE = "infer_image_labels"


@dataclass(frozen=True, kw_only=True)
class Member:
    """What one checkpoint of the ensemble predicts.

    Attributes:
        weights: the checkpoint's folder.
        label_space: of its outputs.
        log_p: log probabilities [N, K].
        flip_agrees: [N], whether an image and its mirror image get the same label.
    """

    weights: ClassifierWeightsPath
    label_space: str
    log_p: NDArray[np.float64]
    flip_agrees: NDArray[np.bool_]


def predict_with_ensemble(
    *,
    name: str,
    images: Images,
    checkpoints: ClassifierCheckpointsPath,
    config: CentreCropConfig,
    shards: Shards | None = None,
) -> Iterator[Member]:
    """Predict with one checkpoint after the other; logits of image and mirror image are averaged.

    Args:
        name: of the classifier, for the progress lines.
        images: to classify.
        checkpoints: folder that `train_classifier` wrote.
        config: how images are resized, cropped and batched.
        shards: what is done already.

    Raises:
        ArtifactError: no checkpoints; weights of another network.
    """
    for checkpoint in list_checkpoints(checkpoints, "train_classifier"):
        weights = ClassifierWeightsPath(checkpoint)
        network, card = load_classifier(weights)

        def logits(pixels: jt.Var, network: Classifier = network) -> jt.Var:
            return jt.concat([network(pixels), network(pixels[:, :, :, ::-1])], dim=1)

        both = extract_features(
            stage=f"{STAGE}_{name}",
            describe=logits,
            images=images,
            config=config,
            shards=shards,
            part=f"batches-of-{weights.name}",
        )
        plain, mirrored = both[:, : card.classes], both[:, card.classes :]
        log_p = log_softmax((plain + mirrored) / 2)
        yield Member(
            weights=weights,
            label_space=card.label_space,
            log_p=log_p,
            flip_agrees=plain.argmax(1) == mirrored.argmax(1),
        )


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """log p of each row [N, K]."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))
