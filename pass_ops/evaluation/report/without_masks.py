"""What a report says of a run on photographs alone (method 1.6)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.clustering.count.curve import ClusterCurve
from pass_ops.clustering.labels import LabelTable
from pass_ops.evaluation.curve.curve import load_curve
from pass_ops.evaluation.files import LABEL_FREE, read_values
from pass_ops.evaluation.scoring.label_free import effective_number
from pass_ops.paths import ClusterLabelsPath, CurvePath


def label_free_figures(
    *, clusters: ClusterCurve, labels: ClusterLabelsPath, curve: CurvePath, splits: dict[str, Path]
) -> dict[str, float]:
    """What can be told without ground truth, by name.

    Args:
        clusters: the choice of their number.
        labels: cluster of each training image.
        curve: folder of `search_threshold`.
        splits: folders of `evaluate_split` by the split's name.
    """
    sizes = np.bincount(LabelTable.load(labels).labels, minlength=clusters.chosen)
    silhouettes = {point.clusters: point.silhouette for point in clusters.points}
    threshold = load_curve(curve)
    used = threshold.chosen[0].percent
    agreement = {point.percent: point.agreement for point in threshold.points}
    return {
        "clusters": float(clusters.chosen),
        **({"silhouette": silhouettes[clusters.chosen]} if silhouettes else {}),
        "smallest_cluster_images": float(sizes.min()),
        "largest_cluster_images": float(sizes.max()),
        "effective_clusters": effective_number(sizes),
        "threshold": used / 100,
        "mirror_agreement_at_threshold": agreement[used],
        **{
            f"{split}_{name}": value
            for split, folder in splits.items()
            for name, value in read_values(dict[str, float], folder / LABEL_FREE).items()
        },
    }
