"""The stage that compares image labels with class folders, step by step. Nothing of it feeds
training.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.clustering.labels import load_labels
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.evaluation.diagnostics.label_quality import label_quality, save_quality
from pass_ops.evaluation.report.tables import quality_table
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "diagnose_labels"


def diagnose_labels(
    *,
    truth: GroundTruth,
    steps: Mapping[str, Path],
    quality: Path,
    markdown: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Accuracy, NMI and coverage of each step's labels.

    Args:
        truth: of the training split.
        steps: table of labels by the step's name, in order; see `label_quality` for selections.
        quality, markdown: files to write, the rows as JSON and as a table.

    Returns:
        The rows' figures by name.

    Raises:
        ArtifactError: see `load_labels` and `label_quality`.
    """
    classes = {key: truth.label(key) for key in truth.keys}
    rows = label_quality(
        [(name, load_labels(path)) for name, path in steps.items()], classes, len(truth.categories)
    )
    save_quality(quality, rows)
    with atomic_path(markdown) as temporary:
        temporary.write_text(quality_table(rows).markdown())
    figures: dict[str, float] = {}
    for row in rows:
        short = row.step.replace(" ", "_")
        figures |= {
            f"{short}_accuracy": row.accuracy,
            f"{short}_nmi": row.nmi,
            f"{short}_coverage": row.coverage,
        }
    tracker.metrics(figures)
    tracker.file(markdown, "")
    return figures
