"""The stage that compares image labels with class folders; nothing of it feeds training."""

from __future__ import annotations

from collections.abc import Mapping

from pass_ops.clustering.labels import LabelTable
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.evaluation.diagnostics.label_quality import label_quality, save_quality
from pass_ops.evaluation.report.result import QualityRow
from pass_ops.evaluation.report.tables import quality_table
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.evaluation.unmeasured import is_measurable, with_note
from pass_ops.paths import ImageLabelsPath, LabelQualityPath, MarkdownPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "diagnose_labels"


def diagnose_labels(
    *,
    truth: GroundTruth,
    steps: Mapping[str, ImageLabelsPath],
    quality: LabelQualityPath,
    markdown: MarkdownPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Accuracy, NMI and coverage of each step's labels.

    Args:
        truth: of the training split.
        steps: table of labels by the step's name, in order; see `label_quality` for selections.
        quality, markdown: files to write, the rows as JSON and as a table.
        tracker: gets the metrics and the table.

    Returns:
        The rows' metrics by name; none where the set has no classes.

    Raises:
        ArtifactError: see `LabelTable` and `label_quality`.
    """
    rows: list[QualityRow] = []
    if measurable := is_measurable(STAGE, truth):
        classes = {key: truth.label(key) for key in truth.keys}
        tables = [(name, LabelTable.load(path)) for name, path in steps.items()]
        rows = label_quality(tables, classes, len(truth.categories))
    save_quality(quality, rows)
    with atomic_path(markdown, form_of(MarkdownPath)) as temporary:
        temporary.write_text(
            with_note(quality_table(rows).markdown(), measurable), encoding="utf-8"
        )
    metrics: dict[str, float] = {}
    for row in rows:
        short = row.step.replace(" ", "_")
        scores = {"accuracy": row.accuracy, "nmi": row.nmi, "coverage": row.coverage}
        metrics |= scoped(f"{short}/train", scores)
    tracker.metrics(metrics)
    tracker.file(markdown, "", "label_quality.md")
    return metrics
