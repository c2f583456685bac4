"""Evaluation of one split as a stage: metrics, matching, pictures, and predictions to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.user_files.categories import BACKGROUND
from pass_ops.errors import ArtifactError, DataError
from pass_ops.evaluation.files import (
    CONFUSION,
    CONTACT_SHEET,
    LABEL_FREE,
    MATCHING,
    METRICS,
    SCORES_TABLE,
    SPLIT_PAGE,
)
from pass_ops.evaluation.report.confusion import confusion_table
from pass_ops.evaluation.report.examples import save_strips, save_unscored_strips, spread
from pass_ops.evaluation.report.pictures import Example, Picture, contact_sheet
from pass_ops.evaluation.report.split_page import save_classes, split_page
from pass_ops.evaluation.report.tables import metrics_table
from pass_ops.evaluation.scoring.evaluate import Evaluation, evaluate, refuse, unpaired
from pass_ops.evaluation.scoring.export import export
from pass_ops.evaluation.scoring.label_free import describe_maps
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.evaluation.scoring.scope import Scope
from pass_ops.paths import (
    EvaluationPath,
    ExportedPath,
    LabelMapsPath,
    ValidationEvaluationPath,
)
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.strict_json import with_null
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

SHEET_SIZE = 10
"""Predictions on the contact sheet."""


def evaluate_split(
    *,
    split: str,
    images: Images,
    truth: GroundTruth,
    predictions: LabelMapsPath,
    config: EvaluationConfig,
    matching: ValidationEvaluationPath | None,
    evaluation: EvaluationPath,
    exported: ExportedPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Score predictions, and draw them.

    Args:
        split: its name, for headings and metrics.
        images, truth: of the split.
        predictions: label maps of every image, 0 background, else cluster id + 1; those of images
            of other splits are left alone.
        config: how clusters are matched, and by how many processes images are read.
        matching: folder that this stage wrote for validation, whose matching is used; None finds
            one here.
        evaluation: folder to write: the files of an evaluated split that `evaluation.files` names,
            of which those with scores are absent where there are no masks; clusters of a set
            without classes are their own classes.
        exported: folder to write: predictions in the ImageNet-S layout, as RGB label images.
        tracker: gets the metrics and pictures.

    Returns:
        Every metric of `scoring.metrics` that has a value; none where the split's masks are hidden.

    Raises:
        ArtifactError: hidden masks and no matching to export with.
        DataError: see `scoring.evaluate`; or a set without classes, and no clusters of it.
    """
    maps = LabelMaps(predictions, only=truth.keys)
    permutation = None if matching is None else Matching.load(matching / MATCHING)
    scope = Scope.of(maps, truth).text()
    print(f"{split}: {scope}", flush=True)
    with atomic_path(evaluation, form_of(EvaluationPath)) as folder:
        folder.mkdir(parents=True)
        values: dict[str, float | None] = {}
        confusion: dict[str, Any] = {"labels": [], "matrix": []}
        if truth.has_masks:
            scores = evaluate(
                predictions=maps,
                truth=truth,
                matching=permutation,
                solver=config.solver,
                workers=config.workers,
            )
            permutation = scores.matching
            values = with_null(scores.metrics)
            confusion = confusion_table((BACKGROUND, *scores.categories), scores.confusion)
            save_classes(folder, scores)
            save_strips(folder=folder, images=images, truth=truth, predictions=maps, scores=scores)
            sheet = _contact_sheet(images=images, truth=truth, maps=maps, scores=scores)
        elif permutation is None and not truth.has_classes:
            if not truth.categories:
                raise DataError(
                    "the data set has no classes and no masks, so that nothing can be measured on "
                    "it: give one in ImageNet-S layout, or label its photographs with pass-ops "
                    "predict"
                )
            permutation = Matching.identity(len(truth.categories))
        if permutation is None:
            raise ArtifactError(
                "a split without masks cannot be matched: give the matching found on validation"
            )
        permutation.require(len(truth.categories))
        refuse(unpaired(maps, truth), print)
        if not truth.has_masks:
            sheet = _save_unscored(
                folder=folder, images=images, truth=truth, maps=maps, matching=permutation
            )
        Image.fromarray(sheet).save(folder / CONTACT_SHEET)
        permutation.save(folder / MATCHING)
        (folder / METRICS).write_text(json.dumps(values, indent=2) + "\n")
        (folder / CONFUSION).write_text(json.dumps(confusion) + "\n")
        (folder / SPLIT_PAGE).write_text(split_page(folder, split, scope), encoding="utf-8")
        metrics = {name: value for name, value in values.items() if value is not None}
        (folder / SCORES_TABLE).write_text(
            metrics_table({split: metrics}).markdown(), encoding="utf-8"
        )
    export(predictions=maps, truth=truth, matching=permutation, folder=exported)
    split_metrics = scoped(split, metrics)
    tracker.metrics(split_metrics)
    tracker.file(evaluation / CONTACT_SHEET, "pictures")
    tracker.file(evaluation / SPLIT_PAGE, "pictures")
    return split_metrics


def _save_unscored(
    *, folder: Path, images: Images, truth: GroundTruth, maps: LabelMaps, matching: Matching
) -> Picture:
    """Write what can be told and shown without masks; returns the contact sheet.

    Args:
        folder: of the split.
        images, truth: of the split.
        maps: the predictions, in cluster space.
        matching: of clusters to classes.
    """
    labels = ((key, matching.apply(maps.read(key))) for key in truth.keys)
    figures = describe_maps((classes for _, classes in labels), len(truth.categories))
    (folder / LABEL_FREE).write_text(json.dumps(figures, indent=2) + "\n")
    examples = save_unscored_strips(
        folder=folder,
        images=images,
        predictions=maps,
        matching=matching,
        categories=truth.names,
    )
    return contact_sheet(examples[:SHEET_SIZE], truth.names)


def _contact_sheet(
    *, images: Images, truth: GroundTruth, maps: LabelMaps, scores: Evaluation
) -> Picture:
    """Predictions from the best to the worst.

    Args:
        images, truth: of the split.
        maps: the predictions, in cluster space.
        scores: of the predictions.
    """
    examples = [
        Example(
            image=images.image(key),
            truth=truth.mask(key),
            prediction=scores.matching.apply(maps.read(key)),
            scores=scores.images[key],
        )
        for key in spread(scores.images, SHEET_SIZE)
    ]
    return contact_sheet(examples, truth.names)
