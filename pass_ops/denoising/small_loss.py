"""Images whose labels a classifier confirms or corrects, by their losses (method 9.4, 9.5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.labels import CONFIDENCE, LabelTable
from pass_ops.clustering.selection import ranks
from pass_ops.config.denoising import SmallLossConfig
from pass_ops.data.ids import Ids
from pass_ops.denoising.mixture import clean_probability

LOSSES = ("given", "loss", "flip_agrees", *CONFIDENCE)

# Which images are selected, all images' labels, all images' weights.
Selection = tuple[NDArray[np.bool_], Ids, NDArray[np.float64]]


def select_small_loss(inferred: LabelTable, clusters: int, config: SmallLossConfig) -> LabelTable:
    """Keep images with clean labels, relabel those with sure predictions (method 9.5).

    * Clean: the probability of `clean_probability` exceeds `min_posterior`, and the prediction is
      the label.
    * Relabelled: not clean by its loss, but the prediction is surer than `relabel_confidence` and
      the same for the mirrored image; it takes the label's place.
    * A class keeps at most `max_class_ratio` times the median class, the surest first. Where less
      than `min_per_class` is left, the dropped images of that label with the smallest losses fill
      it up. All other images are dropped.

    `reference` keeps the smallest losses of all images with their labels and weight 1, nothing
    else.

    Args:
        inferred: of `infer_image_labels`, one row per image: label (the prediction) and its
            confidence in 0..1; given (the label so far) and its loss; flip_agrees (whether the
            mirrored image is predicted the same). Both labels lie in 0..clusters-1.
        clusters: K.
        config: thresholds, cap and floor.

    Returns:
        The selected rows in the table's order: key, label, weight (clean probability, of relabelled
        images the confidence), repeat (1), label_space.

    Raises:
        ArtifactError: a column is missing; a label or a prediction beyond `clusters`.
    """
    inferred.require(*LOSSES).require_clusters(clusters).require_clusters(clusters, "given")
    selected, label, weight = (
        _smallest(inferred, config.keep_fraction)
        if config.compat == "reference"
        else _confirmed(inferred, clusters, config)
    )
    rows = inferred.rows[["key"]].assign(
        label=label.astype(np.int32),
        weight=weight.astype(np.float32),
        repeat=np.int32(1),
        label_space=inferred.rows["label_space"],
    )
    return LabelTable(rows[selected].reset_index(drop=True))


def _smallest(inferred: LabelTable, keep_fraction: float) -> Selection:
    """Select the smallest losses of all images.

    Args:
        inferred: see `select_small_loss`.
        keep_fraction: part of the images to select.
    """
    order = np.argsort(inferred.column("loss"), kind="stable")
    selected = np.zeros(len(inferred), dtype=bool)
    selected[order[: max(1, round(keep_fraction * len(inferred)))]] = True
    return selected, inferred.column("given").astype(np.int64), np.ones(len(inferred))


def _confirmed(inferred: LabelTable, clusters: int, config: SmallLossConfig) -> Selection:
    """Select what the classifier confirms or corrects (method 9.5, steps 2 to 4).

    Args:
        inferred: see `select_small_loss`.
        clusters: K.
        config: thresholds, cap and floor.
    """
    label = inferred.column("given").astype(np.int64)
    predicted = inferred.labels
    confidence = inferred.column("confidence").astype(np.float64)
    loss = inferred.column("loss").astype(np.float64)
    # One mixture for each cluster: one threshold for all would drop hard clusters entirely.
    probability = clean_probability(
        losses=loss, labels=label, clusters=clusters, least=config.min_for_mixture
    )
    small = probability > config.min_posterior
    # Networks fit clean labels first and noise later, so small losses point to clean labels; but a
    # loss may be small for its cluster and the label still not what the network would say. Only
    # those that it would say are taken: this agreement is what makes the selection clean.
    clean = small & (predicted == label)
    # A large loss with a sure prediction, which mirroring does not change, is rather a wrong label
    # than a hard image: the image is worth more with the predicted label than dropped.
    sure = (confidence > config.relabel_confidence) & inferred.column("flip_agrees").astype(bool)
    relabelled = ~small & sure
    candidate = clean | relabelled
    label = np.where(relabelled, predicted, label)
    weight = np.where(relabelled, confidence, probability)
    # Candidates first, the surest first; then, to fill up small classes, the smallest losses.
    place = ranks(label, -candidate.astype(np.float64), np.where(candidate, -weight, 0), loss)
    sizes = _class_sizes(
        candidates=np.bincount(label[candidate], minlength=clusters),
        available=np.bincount(label, minlength=clusters),
        config=config,
    )
    return place < sizes[label], label, weight


def _class_sizes(candidates: Ids, available: Ids, config: SmallLossConfig) -> Ids:
    """How many images each class keeps (method 9.5, step 4).

    A cap, because clusters of mixed content draw many images; a floor, because a class without
    images would never be predicted again. Classes without candidates don't lower the median.

    Args:
        candidates: int64 [K], images of each class that are clean or relabelled.
        available: int64 [K], images of each class.
        config: cap and floor.
    """
    median = float(np.median(candidates[candidates > 0])) if candidates.any() else 0.0
    return np.maximum(
        np.minimum(candidates, int(config.max_class_ratio * median)),
        np.minimum(config.min_per_class, available),
    )
