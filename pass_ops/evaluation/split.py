"""Evaluation of one split as a stage: metrics, matching, pictures, and predictions that people can open."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PIL import Image

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.charts import DARK, LIGHT, Theme, confusion_chart, iou_chart
from pass_ops.evaluation.evaluate import Evaluation, evaluate
from pass_ops.evaluation.export import export
from pass_ops.evaluation.matching import Matching, Solver
from pass_ops.evaluation.pictures import Example, contact_sheet, spread
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

METRICS, MATCH, SHEET = "metrics.json", "match.json", "predictions.png"


def evaluate_split(
    images: Images,
    truth: GroundTruth,
    predictions: Path,
    config: EvaluationConfig,
    matching: Path | None,
    evaluation: Path,
    exported: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Score predictions, and draw them.

    Args:
        predictions: label maps of every image, 0 background, else cluster id + 1.
        matching: folder that this stage wrote for validation, whose matching is used; None finds one here.
        evaluation: folder to write: `metrics.json`, `match.json`, charts, a sheet of ten predictions.
        exported: folder to write: predictions in the ImageNet-S layout, as RGB label images.

    Returns:
        Every metric of `evaluation.metrics`; none where the split's masks are hidden.

    Raises:
        ArtifactError: hidden masks and no matching to export with.
        DataError: see `evaluation.evaluate`.
    """
    maps = LabelMaps(predictions)
    found = None if matching is None else Matching.load(matching / MATCH)
    with atomic_path(evaluation) as folder:
        folder.mkdir(parents=True)
        metrics: dict[str, float] = {}
        if truth.has_masks:
            scored = evaluate(maps, truth, found, cast(Solver, config.solver))
            found, metrics = scored.matching, scored.metrics
            _draw(folder, images, truth, maps, scored)
            tracker.metrics({name: value for name, value in metrics.items() if math.isfinite(value)})
            tracker.file(folder / SHEET, "pictures")
        if found is None:
            raise ArtifactError("a split without masks cannot be matched: give the matching found on validation")
        found.save(folder / MATCH)
        finite = {name: value if math.isfinite(value) else None for name, value in metrics.items()}
        (folder / METRICS).write_text(json.dumps(finite, indent=2) + "\n")
    export(maps, truth, found, exported)
    return metrics


def _draw(folder: Path, images: Images, truth: GroundTruth, maps: LabelMaps, scored: Evaluation) -> None:
    charts: dict[str, Callable[[Evaluation, Theme], bytes]] = {"iou": iou_chart, "confusion": confusion_chart}
    for name, chart in charts.items():
        (folder / f"{name}-light.png").write_bytes(chart(scored, LIGHT))
        (folder / f"{name}-dark.png").write_bytes(chart(scored, DARK))
    examples = [
        Example(images.image(key), truth.mask(key), scored.matching.apply(maps.read(key)), scored.images[key])
        for key in spread(scored.images)
    ]
    Image.fromarray(contact_sheet(examples, truth.categories)).save(folder / SHEET)
