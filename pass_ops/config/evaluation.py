"""Settings of evaluation and of the diagnostics that may read class folders."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.crop import CentreCropConfig
from pass_ops.config.schema import limited


@dataclass(frozen=True)
class EvaluationConfig:
    """Attributes:
    solver: of the matching; both are exact.
    """

    solver: str = limited("scipy", choices=("scipy", "munkres"))


@dataclass(frozen=True)
class DiagnosisConfig(CentreCropConfig):
    """Features of centre crops, and what is asked of them.

    Attributes:
        neighbours: training images that vote in k-nearest-neighbour classification.
        restarts, seed: of k-means.
    """

    neighbours: int = limited(20, 1)
    restarts: int = limited(10, 1)
    seed: int = limited(31, 0)
