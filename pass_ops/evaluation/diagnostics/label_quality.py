"""How good the training images' labels are, step by step.

Reads class folders, so nothing of it feeds training (method 0.5).

Labels of all images are matched to the classes one to one so that most images are right. A
selection of images, which may have lost whole clusters, is judged by the matching of the labels
that it was selected from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from pass_ops.clustering.labels import LabelTable
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.diagnostics.neighbours import matched_classes, nmi
from pass_ops.evaluation.report.result import QualityRow
from pass_ops.paths import LabelQualityPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of


def label_accuracy(*, labels: Ids, truth: Ids, clusters: int, matching: Ids | None = None) -> float:
    """Part of the images whose cluster is matched to their class.

    Args:
        labels: int [N], clusters, 0..clusters-1.
        truth: int [N], classes, 1..clusters.
        clusters: number of clusters and of classes.
        matching: class of each cluster, int [clusters]; by default the best one-to-one matching of
            these very images.

    Returns:
        0..1.
    """
    classes = matched_classes(labels, truth, clusters) if matching is None else matching
    return float((classes[labels] == truth).mean())


def label_quality(
    steps: Sequence[tuple[str, LabelTable]], truth: Mapping[str, int], clusters: int
) -> list[QualityRow]:
    """Coverage, accuracy and NMI of each step's labels.

    An image counts once, however often a selection repeats it.

    Args:
        steps: name and table, labels in 0..clusters-1, in order: a table without all images is
            a selection from the last one before it that had all, and is judged by that one's
            matching.
        truth: class, 1..clusters, of every training image by its key.
        clusters: number of clusters and of classes.

    Raises:
        ArtifactError: a table with keys of other images, or with labels beyond `clusters`.
    """
    rows: list[QualityRow] = []
    matching: Ids | None = None
    for step, table in steps:
        labels, classes = _checked(step=step, table=table, truth=truth, clusters=clusters)
        if matching is None or len(labels) == len(truth):
            matching = matched_classes(labels, classes, clusters)
        accuracy = label_accuracy(
            labels=labels, truth=classes, clusters=clusters, matching=matching
        )
        rows.append(
            QualityRow(
                step=step,
                images=len(labels),
                coverage=len(labels) / len(truth),
                accuracy=accuracy,
                nmi=nmi(labels, classes),
            )
        )
    return rows


def save_quality(path: LabelQualityPath, rows: Sequence[QualityRow]) -> None:
    """Write the rows as JSON.

    Args:
        path: file to write.
        rows: in order of the steps.
    """
    with atomic_path(path, form_of(LabelQualityPath)) as temporary:
        temporary.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def _checked(
    *, step: str, table: LabelTable, truth: Mapping[str, int], clusters: int
) -> tuple[Ids, Ids]:
    """Labels and classes of the table's images, int [N] each.

    Args:
        step: what an error calls the table.
        table: of image labels.
        truth: class of every training image by its key.
        clusters: number of clusters.

    Raises:
        ArtifactError: see `label_quality`.
    """
    keys = table.require_clusters(clusters).keys
    unknown = [key for key in keys if key not in truth]
    if unknown:
        raise ArtifactError(
            f"{step} labels {len(unknown)} images not in the training split "
            f"(such as {unknown[0]}): give labels of these {len(truth)} training images"
        )
    return table.labels, np.array([truth[key] for key in keys], dtype=np.int64)
