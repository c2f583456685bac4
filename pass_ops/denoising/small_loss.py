"""Images whose labels a classifier confirms or corrects, by their losses (method 9.4, 9.5)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.clustering.labels import CONFIDENCE, LABELS, check_table
from pass_ops.clustering.ranks import ranks
from pass_ops.config.denoising import SmallLossConfig
from pass_ops.denoising.mixture import clean_probability
from pass_ops.errors import ArtifactError

JUDGED = (*LABELS, "predicted", *CONFIDENCE, "loss", "flip_agrees")

# Which images are kept, all images' labels, all images' weights.
Choice = tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.float64]]


def select_small_loss(table: pd.DataFrame, clusters: int, config: SmallLossConfig) -> pd.DataFrame:
    """Keep images with clean labels, give sure predictions to others, drop the rest (method
    9.5).

    * Clean: the probability of `clean_probability` exceeds `posterior`, and the prediction is the
      label.
    * Relabelled: not clean by its loss, but the prediction is surer than `relabel_confidence` and
      the same for the mirrored image; it takes the label's place.
    * A class keeps at most `cap` times the median class, the surest first. Where less than `floor`
      is left, the dropped images of that label with the smallest losses fill it up.

    `reference` keeps the smallest losses of all images with their labels and weight 1, nothing
    else.

    Args:
        table: one row per image: key; label, predicted (0..clusters-1); confidence (of the
            prediction, 0..1); loss (against the label); flip_agrees (whether the mirrored image is
            predicted the same); label_space.

    Returns:
        The kept rows in the table's order: key, label, weight (clean probability, of relabelled
        images the confidence), repeat (1), label_space.

    Raises:
        ArtifactError: see `check_table`; a label or a prediction beyond `clusters`.
    """
    check_table(table, "the table of losses", JUDGED)
    for name in ("label", "predicted"):
        if not table[name].between(0, clusters - 1).all():
            raise ArtifactError(
                f"the table of losses: {name} must lie in 0..{clusters - 1}: train with these labels again"
            )
    choice = (
        _smallest(table, config.keep)
        if config.compat == "reference"
        else _confirmed(table, clusters, config)
    )
    kept, label, weight = choice
    selected = table[["key"]].assign(
        label=label.astype(np.int32),
        weight=weight.astype(np.float32),
        repeat=np.int32(1),
        label_space=table["label_space"],
    )
    return selected[kept].reset_index(drop=True)


def _smallest(table: pd.DataFrame, keep: float) -> Choice:
    order = np.argsort(table["loss"].to_numpy(), kind="stable")
    kept = np.zeros(len(table), dtype=bool)
    kept[order[: max(1, round(keep * len(table)))]] = True
    return kept, table["label"].to_numpy(dtype=np.int64), np.ones(len(table))


def _confirmed(table: pd.DataFrame, clusters: int, config: SmallLossConfig) -> Choice:
    label = table["label"].to_numpy(dtype=np.int64)
    predicted = table["predicted"].to_numpy(dtype=np.int64)
    confidence = table["confidence"].to_numpy(dtype=np.float64)
    loss = table["loss"].to_numpy(dtype=np.float64)
    probability = clean_probability(
        losses=loss, labels=label, clusters=clusters, least=config.min_for_mixture
    )
    small = probability > config.posterior
    clean = small & (predicted == label)
    sure = (confidence > config.relabel_confidence) & table["flip_agrees"].to_numpy(dtype=bool)
    relabelled = ~small & sure
    chosen = clean | relabelled
    label = np.where(relabelled, predicted, label)
    weight = np.where(relabelled, confidence, probability)
    place = ranks(label, -chosen.astype(np.float64), np.where(chosen, -weight, 0), loss)
    counts = np.bincount(label[chosen], minlength=clusters)
    return (
        place < _allowed(counts, np.bincount(label, minlength=clusters), config)[label],
        label,
        weight,
    )


def _allowed(
    chosen: NDArray[np.int64], available: NDArray[np.int64], config: SmallLossConfig
) -> NDArray[np.int64]:
    """How many images each class keeps (method 9.5, step 4). Classes without a chosen image
    don't lower the median.
    """
    median = float(np.median(chosen[chosen > 0])) if chosen.any() else 0.0
    return np.maximum(
        np.minimum(chosen, int(config.cap * median)), np.minimum(config.floor, available)
    )
