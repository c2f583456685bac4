"""The stage that scores what each step of mask making gains or loses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from pass_ops.data.ground_truth import GroundTruth
from pass_ops.evaluation.diagnostics.mask_quality import StepMaps, mask_quality
from pass_ops.evaluation.report.result import MaskRow
from pass_ops.evaluation.report.tables import limits_table, masks_table
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.evaluation.unmeasured import is_measurable, with_note
from pass_ops.paths import LabelMapsPath, MarkdownPath, MaskQualityPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "diagnose_masks"


def diagnose_masks(
    *,
    validation: GroundTruth,
    test: GroundTruth,
    steps: Mapping[str, LabelMapsPath],
    quality: MaskQualityPath,
    markdown: MarkdownPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Score every step's label maps; its clusters are matched to classes on validation.

    Args:
        validation, test: ground truth of the two splits.
        steps: label maps of both splits by the step's name, in order.
        quality, markdown: files to write, the rows as JSON and as tables.
        tracker: gets the metrics and the tables.

    Returns:
        The rows' metrics by name; none where the set has no classes.

    Raises:
        DataError: see `mask_quality`.
    """
    rows: list[MaskRow] = []
    if measurable := is_measurable(STAGE, validation):
        rows = mask_quality([StepMaps(*step) for step in steps.items()], validation, test)
    with atomic_path(quality, form_of(MaskQualityPath)) as temporary:
        temporary.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    with atomic_path(markdown, form_of(MarkdownPath)) as temporary:
        tables = "\n".join(table(rows).markdown() for table in (masks_table, limits_table))
        temporary.write_text(with_note(tables, measurable), encoding="utf-8")
    metrics: dict[str, float] = {}
    for row in rows:
        short = row.step.removeprefix("+ ").replace(" ", "_").lower()
        metrics |= scoped(f"{short}/validation", row.validation)
        metrics |= scoped(f"{short}/test", row.test)
    tracker.metrics(metrics)
    tracker.file(markdown, "", "mask_quality.md")
    return metrics
