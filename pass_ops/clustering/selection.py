"""Images whose cluster is beyond doubt, by their distances to the centroids (method 6.4 to
6.6).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.clustering.labels import DISTANCES, LABELS, check_table, load_labels
from pass_ops.clustering.ranks import ranks
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.errors import ArtifactError
from pass_ops.storage.atomic import atomic_path

NEAREST = 3
LEAST_IMAGES = 2

Scores = NDArray[np.float64]
Counts = NDArray[np.int64]


def select_by_distance(
    table: pd.DataFrame, clusters: int, config: DistanceSelectionConfig
) -> pd.DataFrame:
    """Select and weigh images (method 6.6, steps 1 to 4).

    An image is kept if its score passes the threshold, but an oversized cluster keeps at most the
    mean cluster size, and every cluster keeps its best `min_per_cluster` (all, if it has fewer).
    Clusters with fewer kept images than the median count their best ones repeatedly.

    Args:
        table: of `label_table`; label in 0..clusters-1.

    Returns:
        The kept rows in the table's order: key, label, score (higher is surer), repeat (from 1),
        label_space.

    Raises:
        ArtifactError: see `check_table`; a label beyond `clusters`, a cluster with no image or one.
    """
    check_table(table, "the table of labels", (*LABELS, *DISTANCES))
    labels = table["label"].to_numpy(dtype=np.int64)
    sizes = np.bincount(labels, minlength=clusters)
    _check_sizes(sizes, clusters)
    score = scores(np.stack(table["distances"].to_list()), config)
    place = ranks(labels, -score)
    allowed = _allowed(labels=labels, sizes=sizes, score=score, config=config)
    selected = table[["key", "label"]].assign(
        score=score.astype(np.float32),
        repeat=_repeats(allowed=allowed, most=config.max_repeat, labels=labels, place=place).astype(
            np.int32
        ),
        label_space=table["label_space"],
    )
    return selected[place < allowed[labels]].reset_index(drop=True)


def scores(distances: NDArray[np.float32], config: DistanceSelectionConfig) -> Scores:
    """How sure the nearest centroid is (method 6.6, step 1); float64 [N] of squared distances
    [N, m], ascending.

    `reference` gives the second distance minus the first, `fixed` the first one's probability in a
    softmax of the three nearest.
    """
    near = distances[:, :NEAREST].astype(np.float64)
    if config.compat == "reference":
        return near[:, 1] - near[:, 0]
    return 1 / np.exp((near[:, :1] - near) / config.temperature).sum(axis=1)


def save_selected(path: Path, selected: pd.DataFrame) -> None:
    """Write `selected.parquet`, whole or not at all."""
    with atomic_path(path) as temporary:
        selected.to_parquet(temporary, index=False)


def load_selected(path: Path) -> pd.DataFrame:
    """Read what `save_selected` wrote: key, label, repeat, label_space, and what the selection
    adds.

    Raises:
        ArtifactError: see `load_labels`; a repeat below 1.
    """
    selected = load_labels(path, columns=("repeat",))
    if selected["repeat"].min() < 1:
        raise ArtifactError(
            f"{path}: repeat is {selected['repeat'].min()}, but must be 1 at least: select again"
        )
    return selected


def _check_sizes(sizes: Counts, clusters: int) -> None:
    if len(sizes) > clusters:
        raise ArtifactError(
            f"the table of labels has cluster {len(sizes) - 1}, but there are {clusters}: cluster again"
        )
    small = int(sizes.argmin())
    if sizes[small] < LEAST_IMAGES:
        raise ArtifactError(
            f"cluster {small} has {sizes[small]} images, from which nothing can be selected: cluster again with another "
            "seed, with more restarts, or with more training images"
        )


def _allowed(
    *, labels: Counts, sizes: Counts, score: Scores, config: DistanceSelectionConfig
) -> Counts:
    """How many images each cluster keeps (method 6.6, steps 2 and 3)."""
    mean = len(labels) / len(sizes)
    passing = np.bincount(labels[_passes(score, config)], minlength=len(sizes))
    capped = np.where(sizes > config.oversize * mean, np.minimum(passing, int(mean)), passing)
    return np.maximum(capped, np.minimum(config.min_per_cluster, sizes))


def _passes(score: Scores, config: DistanceSelectionConfig) -> NDArray[np.bool_]:
    if config.threshold is not None:
        return score > config.threshold
    keep = max(1, round(config.keep_fraction * len(score)))
    return score >= np.partition(score, -keep)[-keep]


def _repeats(*, allowed: Counts, most: int, labels: Counts, place: Counts) -> Counts:
    """How often each image counts (method 6.6, step 4): small clusters reach the median, their
    best images first.
    """
    missing = np.maximum(int(np.median(allowed)) - allowed, 0)
    missing = np.minimum(missing, (most - 1) * allowed)
    return 1 + (missing // allowed)[labels] + (place < (missing % allowed)[labels])
