"""Evaluation of one split as a stage: metrics, matching, pictures, and predictions that people can
open.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from PIL import Image

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.report.confusion import confusion_table
from pass_ops.evaluation.report.examples import save_strips, spread
from pass_ops.evaluation.report.pictures import Example, Picture, contact_sheet
from pass_ops.evaluation.report.split_page import METRICS, save_classes, split_page
from pass_ops.evaluation.report.tables import metrics_table
from pass_ops.evaluation.scoring.evaluate import Evaluation, evaluate
from pass_ops.evaluation.scoring.export import export
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

MATCH, SHEET = "match.json", "predictions.png"
CONFUSION, PAGE, SUMMARY = "confusion.json", "page.html", "scores.md"
"""What the KFP UI shows: the confusion matrix, a page of pictures, a table."""


def evaluate_split(
    *,
    split: str,
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
        split: its name, for headings.
        predictions: label maps of every image, 0 background, else cluster id + 1.
        matching: folder that this stage wrote for validation, whose matching is used; None finds
            one here.
        evaluation: folder to write: `metrics.json`, `match.json`, `classes.json` (IoU, confusion),
            strips of examples, a sheet of ten, and `confusion.json`, `page.html`, `scores.md` for
            the KFP UI.
        exported: folder to write: predictions in the ImageNet-S layout, as RGB label images.

    Returns:
        Every metric of `evaluation.metrics` that has a value; none where the split's masks are
        hidden.

    Raises:
        ArtifactError: hidden masks and no matching to export with.
        DataError: see `evaluation.evaluate`.
    """
    maps = LabelMaps(predictions)
    found = None if matching is None else Matching.load(matching / MATCH)
    with atomic_path(evaluation) as folder:
        folder.mkdir(parents=True)
        metrics: dict[str, float | None] = {}
        confusion: dict[str, Any] = {"labels": [], "matrix": []}
        if truth.has_masks:
            scored = evaluate(
                predictions=maps,
                truth=truth,
                matching=found,
                solver=config.solver,
                workers=config.workers,
            )
            found = scored.matching
            metrics = {
                name: value if math.isfinite(value) else None
                for name, value in scored.metrics.items()
            }
            confusion = confusion_table(("background", *scored.categories), scored.confusion)
            save_classes(folder, scored)
            save_strips(folder=folder, images=images, truth=truth, predictions=maps, scored=scored)
            Image.fromarray(_sheet(images=images, truth=truth, maps=maps, scored=scored)).save(
                folder / SHEET
            )
        if found is None:
            raise ArtifactError(
                "a split without masks cannot be matched: give the matching found on validation"
            )
        found.save(folder / MATCH)
        (folder / METRICS).write_text(json.dumps(metrics, indent=2) + "\n")
        (folder / CONFUSION).write_text(json.dumps(confusion) + "\n")
        (folder / PAGE).write_text(split_page(folder, split))
        figures = {name: value for name, value in metrics.items() if value is not None}
        (folder / SUMMARY).write_text(metrics_table({split: figures}).markdown())
    export(predictions=maps, truth=truth, matching=found, folder=exported)
    tracker.metrics(figures)
    if figures:
        tracker.file(evaluation / SHEET, "pictures")
        tracker.file(evaluation / PAGE, "pictures")
    return figures


def _sheet(*, images: Images, truth: GroundTruth, maps: LabelMaps, scored: Evaluation) -> Picture:
    """Ten predictions from the best to the worst."""
    examples = [
        Example(
            image=images.image(key),
            truth=truth.mask(key),
            prediction=scored.matching.apply(maps.read(key)),
            scores=scored.images[key],
        )
        for key in spread(scored.images)
    ]
    return contact_sheet(examples, truth.categories)
