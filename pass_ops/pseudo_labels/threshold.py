"""Threshold search on validation (ALGORITHMS 7). The result is tuned on validation masks, and says so."""

from __future__ import annotations

import json
from pathlib import Path

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.pseudo_labels import ThresholdConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.engine.progress import track
from pass_ops.evaluation.charts import DARK, LIGHT, curve_chart
from pass_ops.evaluation.curve import ThresholdCurve, best_point
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller, pixel_settings
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "search_threshold"
CURVE = "curve.json"


def search_threshold(
    images: Images,
    truth: GroundTruth,
    weights: Path,
    centroids: Path,
    config: ThresholdConfig,
    curve: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Find the attention threshold with the best mIoU on validation, among those that leave any foreground.

    Args:
        images, truth: the validation split.
        weights, centroids: folders of the network and of its cluster centres.
        curve: folder to write: `curve.json` with the label space and the metrics at each percent, and a chart.

    Returns:
        `threshold` in 0…1, and the metrics there.
    """
    centres = Centroids.load(centroids)
    labeller = PixelLabeller(weights, centres, config)
    histogram = ThresholdCurve(len(truth.categories))
    for key in track(images.keys, STAGE, len(images)):
        found = labeller(images.image(key))
        histogram.add(found.attention, found.labels, truth.mask(key))
    points = histogram.points(range(config.least, config.most + 1))
    for point in points:
        tracker.metrics({"val_miou": point.miou, "val_acc": point.acc, "val_f": point.f}, step=point.percent)
    # Where attention is poor, calling everything background scores best; nothing could be learnt from such labels.
    best = best_point([point for point in points if point.f > 0] or points)
    tracker.tag("threshold_tuned_on", "validation masks")
    rows = [{"percent": point.percent, "miou": point.miou, "acc": point.acc, "f": point.f} for point in points]
    found_with = {"label_space": centres.label_space, "pixels": pixel_settings(config), "points": rows}
    with atomic_path(curve) as folder:
        folder.mkdir(parents=True)
        (folder / CURVE).write_text(json.dumps(found_with, indent=2) + "\n")
        (folder / "curve-light.png").write_bytes(curve_chart(points, best.percent, LIGHT))
        (folder / "curve-dark.png").write_bytes(curve_chart(points, best.percent, DARK))
    return {"threshold": best.percent / 100, "val_miou": best.miou, "val_acc": best.acc, "val_f": best.f}
