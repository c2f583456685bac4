"""Evaluation of one split as a stage: metrics, matching, pictures, and predictions that people can open."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.charts import DARK, LIGHT, Theme, confusion_chart, iou_chart
from pass_ops.evaluation.evaluate import Evaluation, evaluate
from pass_ops.evaluation.export import export
from pass_ops.evaluation.matching import Matching
from pass_ops.evaluation.pictures import Example, caption, contact_sheet, spread, strip
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

METRICS, MATCH, SHEET = "metrics.json", "match.json", "predictions.png"
STRIPS = "strips.json"
"""Ten strips of image, ground truth, prediction: file in the same folder → caption, from the best to the worst image."""


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
        evaluation: folder to write: `metrics.json`, `match.json`, charts; ten predictions as strips and on one sheet.
        exported: folder to write: predictions in the ImageNet-S layout, as RGB label images.

    Returns:
        Every metric of `evaluation.metrics` that has a value; none where the split's masks are hidden.

    Raises:
        ArtifactError: hidden masks and no matching to export with.
        DataError: see `evaluation.evaluate`.
    """
    maps = LabelMaps(predictions)
    found = None if matching is None else Matching.load(matching / MATCH)
    with atomic_path(evaluation) as folder:
        folder.mkdir(parents=True)
        metrics: dict[str, float | None] = {}
        if truth.has_masks:
            scored = evaluate(maps, truth, found, config.solver, config.workers)
            found = scored.matching
            metrics = {name: value if math.isfinite(value) else None for name, value in scored.metrics.items()}
            _draw(folder, images, truth, maps, scored)
        if found is None:
            raise ArtifactError("a split without masks cannot be matched: give the matching found on validation")
        found.save(folder / MATCH)
        (folder / METRICS).write_text(json.dumps(metrics, indent=2) + "\n")
    export(maps, truth, found, exported)
    figures = {name: value for name, value in metrics.items() if value is not None}
    tracker.metrics(figures)
    if figures:
        tracker.file(evaluation / SHEET, "pictures")
    return figures


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
    captions = {}
    (folder / "strips").mkdir()
    for number, example in enumerate(examples):
        name = f"strips/{number:02}.png"
        Image.fromarray(strip(example, len(truth.categories))).save(folder / name)
        captions[name] = caption(example, truth.categories)
    (folder / STRIPS).write_text(json.dumps(captions, indent=2) + "\n")
