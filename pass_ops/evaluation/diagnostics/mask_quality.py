"""What each step of mask making gains or loses: one row of scores per step, on validation and
test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.label_maps import LabelMaps
from pass_ops.evaluation.report.result import MaskRow
from pass_ops.evaluation.scoring.evaluate import Evaluation, evaluate
from pass_ops.evaluation.scoring.histogram import Labels
from pass_ops.evaluation.scoring.matching import Matching


@dataclass(frozen=True)
class StepMaps:
    """Attributes:
    step: name of the step, as the table shows it.
    validation, test: folders of its label maps.
    """

    step: str
    validation: Path
    test: Path


def mask_quality(
    steps: Sequence[StepMaps], validation: GroundTruth, test: GroundTruth
) -> list[MaskRow]:
    """Score every step's label maps.

    Raises:
        DataError: see `evaluation.evaluate`.
    """
    rows = []
    for maps in steps:
        found = score_maps(maps.validation, validation)
        scored = score_maps(maps.test, test, found.matching).metrics
        row = MaskRow(
            step=maps.step,
            validation_miou=found.metrics["miou"],
            test_miou=scored["miou"],
            boundary_miou=scored["boundary_miou"],
            f=scored["f"],
        )
        rows.append(row)
    return rows


def score_maps(
    label_maps: Path, truth: GroundTruth, matching: Matching | None = None
) -> Evaluation:
    """Score a folder of label maps of one split. Pixels marked as uncertain count as background:
    they name no class.

    Args:
        matching: the one found on validation; None finds it here.
    """
    return evaluate(predictions=_SettledMaps(label_maps), truth=truth, matching=matching)


class _SettledMaps(LabelMaps):
    """Label maps without uncertain pixels."""

    def read(self, key: str) -> Labels:
        labels = super().read(key)
        return np.where(labels == UNCERTAIN, 0, labels).astype(np.int32)
