"""What each step of mask making gains or loses, on validation and test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.evaluation.report.result import MaskRow, Metrics
from pass_ops.evaluation.scoring.evaluate import Evaluation, evaluate
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.metrics import DECOMPOSITION
from pass_ops.paths import LabelMapsPath


@dataclass(frozen=True)
class StepMaps:
    """The label maps of a step of mask making.

    Attributes:
        step: its name, as the table shows it.
        maps: label maps of both splits.
    """

    step: str
    maps: LabelMapsPath


def mask_quality(
    steps: Sequence[StepMaps], validation: GroundTruth, test: GroundTruth
) -> list[MaskRow]:
    """Score every step's label maps; its clusters are matched to classes on validation.

    Args:
        steps: in order.
        validation, test: ground truth of the two splits.

    Raises:
        DataError: see `scoring.evaluate`.
    """
    rows = []
    for step in steps:
        on_validation = score_maps(step.maps, validation)
        on_test = score_maps(step.maps, test, on_validation.matching)
        row = MaskRow(
            step=step.step,
            validation=_named(on_validation.metrics, ("miou", *DECOMPOSITION)),
            test=_named(on_test.metrics, ("miou", "boundary_miou", "f", *DECOMPOSITION)),
            matching=on_validation.matching.classes,
        )
        rows.append(row)
    return rows


def score_maps(
    label_maps: LabelMapsPath, truth: GroundTruth, matching: Matching | None = None
) -> Evaluation:
    """Score label maps of one split.

    Pixels marked as uncertain count as background: they name no class.

    Args:
        label_maps: in cluster space, of this split and perhaps of others.
        truth: of the split.
        matching: the one found on validation; None finds it here.
    """
    return evaluate(
        predictions=_SettledMaps(label_maps, only=truth.keys), truth=truth, matching=matching
    )


def _named(metrics: Metrics, names: Iterable[str]) -> Metrics:
    return {name: metrics[name] for name in names}


class _SettledMaps(LabelMaps):
    """Label maps without uncertain pixels."""

    def read(self, key: str) -> LabelMap:
        """The map of an image, int32 [H, W], 0 where it was uncertain."""
        labels = super().read(key)
        return np.where(labels == UNCERTAIN, 0, labels).astype(np.int32)
