"""Predictions of the checkpoints of a classifier's last epochs (method 9.4, 9.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.features import describe_batches
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.engine.jittor import jt
from pass_ops.models.checkpoints import list_checkpoints
from pass_ops.models.classifier import Classifier, load_classifier
from pass_ops.paths import ClassifierCheckpointsPath, ClassifierWeightsPath

STAGE = "infer_image_labels"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One checkpoint of the ensemble.

    Attributes:
        weights: its folder.
        label_space: of its outputs.
        network: in evaluation mode.
    """

    weights: ClassifierWeightsPath
    label_space: str
    network: Classifier


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What an ensemble of M checkpoints predicts of B images.

    Attributes:
        places: of these images among all.
        log_p: log probabilities, float64 [M, B, K].
        flip_agrees: [B], whether the last checkpoint gives an image and its mirror image one label.
    """

    places: slice
    log_p: NDArray[np.float64]
    flip_agrees: NDArray[np.bool_]

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Mean over the checkpoints, [B, K]."""
        return np.asarray(np.exp(self.log_p).mean(axis=0))


def load_ensemble(checkpoints: ClassifierCheckpointsPath) -> list[Member]:
    """All checkpoints of `train_classifier`, oldest first.

    Raises:
        ArtifactError: no checkpoints; weights of another network.
    """
    members = []
    for checkpoint in list_checkpoints(checkpoints, "train_classifier"):
        weights = ClassifierWeightsPath(checkpoint)
        network, card = load_classifier(weights)
        members.append(Member(weights=weights, label_space=card.label_space, network=network))
    return members


def predict_with_ensemble(
    *,
    name: str,
    images: Images,
    ensemble: Sequence[Member],
    config: CentreCropConfig,
    decide: Callable[[Predictions], Arrays],
    shards: Shards | None,
) -> Arrays:
    """Predict batch by batch, with all checkpoints; logits of image and mirror image are averaged.

    Probabilities of a million images and 919 clusters would be 9 GB for each checkpoint, so a batch
    is all that is ever held of them. Images are read and cropped once for all checkpoints.

    Args:
        name: of the classifier, for the progress lines.
        images: to classify.
        ensemble: of `load_ensemble`.
        config: how images are resized, cropped and batched.
        decide: what is kept of each batch: arrays [B] by name.
        shards: what is done already.

    Returns:
        What is kept of all images, [N] each.
    """

    def logits(pixels: jt.Var) -> jt.Var:
        views = (pixels, pixels[:, :, :, ::-1])
        outputs = [member.network(view) for member in ensemble for view in views]
        return jt.concat(outputs, dim=1)

    def decided(places: slice, outputs: NDArray[np.float32]) -> Arrays:
        # Members, plain and mirrored, images, clusters.
        both = outputs.reshape(len(outputs), len(ensemble), 2, -1).transpose(1, 2, 0, 3)
        plain, mirrored = both[-1].argmax(axis=2)
        return decide(
            Predictions(
                places=places,
                log_p=log_softmax((both[:, 0] + both[:, 1]) / 2),
                flip_agrees=plain == mirrored,
            )
        )

    batches = list(
        describe_batches(
            stage=f"{STAGE}_{name}",
            describe=logits,
            decide=decided,
            images=images,
            config=config,
            shards=shards,
        )
    )
    # Files of what is done already keep names in an order of their own.
    names = sorted(batches[0])
    return {name: np.concatenate([batch[name] for batch in batches]) for name in names}


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """log p of logits [..., K]."""
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)))
