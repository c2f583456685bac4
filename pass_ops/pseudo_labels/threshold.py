"""Threshold search on validation (method 7): tuned on its masks, and it says so; or without any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.pseudo_labels import ThresholdConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.data.label_maps.encoded import from_png, to_png
from pass_ops.data.transforms.scales import ReadScaledBothWays, Scales
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.progress import track
from pass_ops.evaluation.curve.attended_labels import metrics_at, write_attended_labels
from pass_ops.evaluation.curve.attention_histogram import THRESHOLDS, percents
from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice
from pass_ops.evaluation.curve.curve_files import save_curve
from pass_ops.evaluation.curve.label_free import MirrorAgreement
from pass_ops.evaluation.curve.threshold_curve import ThresholdCurve, best_point
from pass_ops.evaluation.files import CURVE_PAGE
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.paths import CentroidsPath, CurvePath, WeightsPath
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller, pixel_settings
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "search_threshold"
MASKS, MIRROR = "tuned on validation masks", "label-free, by mirror agreement"
"""How reports call the two rules."""
Attention = npt.NDArray[np.float32]
# Attention [H, W] and labels of an image, and attention of its mirror image.
_Found = tuple[Attention, LabelMap, Attention]
# In percent, of which nothing that is computed here knows more.
_CODEC = Codec[_Found](
    encode=lambda found: {
        "attention": to_png(percents(found[0]).astype(np.int32)),
        "labels": to_png(found[1]),
        "mirrored": to_png(percents(found[2]).astype(np.int32)),
    },
    decode=lambda _, kept: (
        THRESHOLDS[from_png(kept["attention"])],
        from_png(kept["labels"]),
        THRESHOLDS[from_png(kept["mirrored"])],
    ),
)


def search_threshold(
    *,
    images: Images,
    truth: GroundTruth,
    weights: WeightsPath,
    centroids: CentroidsPath,
    config: ThresholdConfig,
    curve: CurvePath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Find the attention threshold with the best mIoU on validation; where the set has no classes,
    the one at which images and their mirror images agree best.

    Thresholds that leave no foreground at all are passed over. Beside the best by mIoU, for
    comparison, stands the one without masks.

    Args:
        images, truth: the validation split.
        weights, centroids: the network and its cluster centres.
        config: what the network sees, and the thresholds to try.
        curve: folder to write: `curve.json` with the label space, scores at 0...100 percent and
            every metric at both thresholds, and `curve.html`.
        tracker: gets the curve, step by step, and its page.
        shards: what is done already.

    Returns:
        `threshold` in 0…1, and the metrics there; `label_free/threshold`, and its mIoU. Without
        classes `threshold`, and the `agreement` there.
    """
    centres = Centroids.load(centroids).of(config.centroids)
    labeller = PixelLabeller(weights, centres, config)
    read = ReadScaledBothWays(images, Scales(config.sides, config.compat))

    def compute(keys: Sequence[str]) -> Iterator[tuple[str, _Found]]:
        for key, both in ahead(work=read, items=keys, workers=config.workers, name=images.name):
            pixels, mirrored = (labeller(image) for image in both)
            yield key, (pixels.attention, pixels.labels, mirrored.attention)

    agreement = MirrorAgreement()
    histogram = ThresholdCurve(len(truth.categories)) if truth.has_classes else None
    with TemporaryDirectory(prefix="pass-ops-") as scratch:
        with write_attended_labels(Path(scratch)) as writer:
            results = resumed(compute=compute, keys=images.keys, codec=_CODEC, shards=shards)
            for key, (seen, labels, mirrored) in track(results, STAGE, len(images)):
                agreement.add(seen, mirrored)
                if histogram:
                    histogram.add(seen, labels, truth.mask(key))
                    writer.add(key, seen, labels)
        kappas = agreement.kappas().tolist()
        choices = {MIRROR: agreement.best_percent(config.min_percent, config.max_percent)}
        points = [
            PointScores(percent=percent, agreement=kappa) for percent, kappa in enumerate(kappas)
        ]
        if histogram:
            points = [
                replace(at, miou=scored.miou, acc=scored.acc, f=scored.f)
                for at, scored in zip(points, histogram.points(range(101)), strict=True)
            ]
            best = _best(points[config.min_percent : config.max_percent + 1])
            choices = {MASKS: best.percent} | choices
        thresholds = [
            ThresholdChoice(by, at, metrics_at(at, Path(scratch), truth) if histogram else {})
            for by, at in choices.items()
        ]
    chosen = thresholds[0]
    for point in points:
        scores = _scores(point) if histogram else {"agreement": point.agreement}
        tracker.metrics(scores, step=point.percent)
    tracker.tag("threshold_tuned_on", chosen.by)
    with atomic_path(curve, form_of(CurvePath)) as folder:
        folder.mkdir(parents=True)
        save_curve(
            folder=folder,
            label_space=centres.label_space,
            pixels=pixel_settings(config),
            points=points,
            choices=thresholds,
        )
    tracker.file(curve / CURVE_PAGE, "pictures")
    used, label_free = points[chosen.percent], points[choices[MIRROR]]
    if not histogram:
        return {"threshold": used.percent / 100, "agreement": used.agreement}
    return {
        "threshold": used.percent / 100,
        **_scores(used),
        "label_free/threshold": label_free.percent / 100,
        "label_free/validation/miou": label_free.miou,
    }


def _scores(point: PointScores) -> dict[str, float]:
    return scoped("validation", {"miou": point.miou, "acc": point.acc, "f": point.f})


def _best(points: Sequence[PointScores]) -> PointScores:
    # Where attention is poor, calling everything background scores best; nothing could be learnt
    # from such labels.
    return best_point([point for point in points if point.f > 0] or points)
