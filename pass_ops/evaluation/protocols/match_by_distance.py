"""The distance-matching protocol as a stage (method 15.6, 15.7)."""

from __future__ import annotations

import json
import math

from pass_ops.config.evaluation import DistanceConfig
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.progress import track
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.protocols.distance import Describe, build_bank, label_pixels
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.paths import LabelMapsPath, ScoresPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.strict_json import with_null
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "evaluate_by_distance"


def match_by_distance(
    *,
    annotated: Split,
    split: Split,
    name: str,
    describe: Describe,
    config: DistanceConfig,
    label_maps: LabelMapsPath,
    scores: ScoresPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Label a split by its distance to annotated regions, and score it.

    Predictions are classes already, so nothing is matched.

    Args:
        annotated: the split `train-semi`.
        split: validation or test.
        name: of the split.
        describe: features of an image, from a network that was trained without labels.
        config: neighbours that vote, and processes that score.
        label_maps: folder to write, class ids 0..K.
        scores: JSON file to write: every metric, null where it has no value; empty where the masks
            are hidden.
        tracker: gets the metrics.

    Returns:
        The metrics that have a value, and `bank`, the number of annotated regions.
    """
    classes = len(annotated.truth.categories)
    bank = build_bank(
        images=annotated.images, truth=annotated.truth, describe=describe, workers=config.workers
    )
    with LabelMapWriter(label_maps, {"label_space": "classes"}) as writer:
        decoded = ahead(
            work=split.images.image,
            items=split.images.keys,
            workers=config.workers,
            name=split.images.name,
        )
        for key, image in track(decoded, STAGE, len(split.images)):
            height, width = image.shape[:2]
            writer.write(
                key,
                label_pixels(
                    features=describe(image),
                    bank=bank,
                    classes=classes,
                    height=height,
                    width=width,
                    neighbours=config.neighbours,
                    temperature=config.temperature,
                ),
            )
    metrics: dict[str, float] = {}
    if split.truth.has_masks:
        metrics = evaluate(
            predictions=LabelMaps(label_maps),
            truth=split.truth,
            matching=Matching.identity(classes),
            workers=config.workers,
        ).metrics
    finite = {name: value for name, value in metrics.items() if math.isfinite(value)}
    with atomic_path(scores, form_of(ScoresPath)) as temporary:
        temporary.write_text(json.dumps(with_null(metrics), indent=2, allow_nan=False) + "\n")
    named = scoped(name, finite)
    tracker.metrics(named)
    tracker.tag("protocol", "distance matching: labels of train-semi")
    return named | {"bank": float(len(bank.ids))}
