"""Coarse pixel labels, points and image labels for every image of a split (method 8)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.label_space import same_space
from pass_ops.config.pseudo_labels import CoarseLabelsConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMapWriter
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.curve.page import CURVE
from pass_ops.pseudo_labels.attention_maps import AttentionWriter
from pass_ops.pseudo_labels.image_label import NO_FOREGROUND, most_confident_cluster
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller, pixel_settings
from pass_ops.pseudo_labels.points import brightest_point
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "make_coarse_labels"


def make_coarse_labels(
    *,
    images: Images,
    weights: Path,
    centroids: Path,
    curve: Path,
    threshold: float,
    config: CoarseLabelsConfig,
    label_maps: Path,
    attention: Path,
    prompts: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Label the pixels of a split.

    Args:
        weights, centroids: folders of the network and of its cluster centres.
        curve: folder that the threshold search wrote; its label space must be the centroids'.
        threshold: the search's result in 0…1, used unless the configuration sets one.
        label_maps, attention: folders to write: labels (0 background, else cluster id + 1) and
            foreground maps.
        prompts: parquet file to write, one row per image: key; x, y (brightest point, pixels);
            label (0-based cluster id, −2 for none); foreground (fraction of the area).

    Returns:
        Mean foreground fraction, and the fraction of images without foreground.

    Raises:
        ArtifactError: the threshold was searched in another label space or with other settings, or
            leaves no foreground in any image.
    """
    centres = Centroids.load(centroids)
    searched = json.loads((curve / CURVE).read_text())
    same_space({str(curve): searched["label_space"], str(centroids): centres.label_space})
    if searched["pixels"] != pixel_settings(config):
        raise ArtifactError(
            f"the threshold of {curve} was searched with {searched['pixels']}, {STAGE} has {pixel_settings(config)}: "
            "give both stages the same settings"
        )
    cut = threshold if config.threshold is None else config.threshold
    labeller = PixelLabeller(weights, centres, config)
    rows: list[dict[str, object]] = []
    meta = {"label_space": centres.label_space, "threshold": cut}
    with LabelMapWriter(label_maps, meta) as writer, atomic_path(attention) as attention_folder:
        attention_writer = AttentionWriter(attention_folder)
        for key in track(images.keys, STAGE, len(images)):
            found = labeller(images.image(key))
            foreground = found.attention >= np.float32(cut)
            labels = np.where(foreground, found.labels, 0).astype(np.int32)
            x, y = brightest_point(found.attention, foreground, config.compat)
            label = most_confident_cluster(labels, found.cosine)
            rows.append(
                {"key": key, "x": x, "y": y, "label": label, "foreground": float(foreground.mean())}
            )
            writer.write(key, labels)
            attention_writer.write(key, found.coarse_attention)
        attention_writer.close()
        _require_foreground(rows, cut)
    table = pd.DataFrame(rows).assign(label_space=centres.label_space)
    with atomic_path(prompts) as temporary:
        table.to_parquet(temporary, index=False)
    figures = {
        "foreground": float(table["foreground"].mean()),
        "without_foreground": float((table["label"] == NO_FOREGROUND).mean()),
    }
    tracker.metrics(figures)
    return figures


def _require_foreground(rows: list[dict[str, object]], threshold: float) -> None:
    """Refuse label maps that are empty throughout: a segmenter would learn to predict nothing."""
    if all(row["label"] == NO_FOREGROUND for row in rows):
        raise ArtifactError(
            f"no pixel of any image reaches attention {threshold:.2f}: train pixel attention for longer, or set "
            f"{STAGE}.threshold or search_threshold.most lower"
        )
