"""Settings of evaluation and of the diagnostics that may read class folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pass_ops.config.common import HIGHEST_SEED
from pass_ops.config.compat import COMPAT
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.config.schema import limited


@dataclass(frozen=True)
class EvaluationConfig:
    """Scoring of predictions against masks.

    Attributes:
        compat: `reference` matches by the published solver, which breaks ties as it happens to and
            is slow; `fixed` by one with a rule for ties.
        workers: processes that read and count images, no more than cores.
    """

    compat: str = limited(default="fixed", choices=COMPAT)
    workers: int = limited(default=2, low=1, high=256)

    @property
    def solver(self) -> Literal["scipy", "munkres"]:
        """The package that solves the assignment of clusters to classes."""
        return "munkres" if self.compat == "reference" else "scipy"


@dataclass(frozen=True, kw_only=True)
class DistanceConfig:
    """Scoring of a representation by its distances to annotated regions.

    Attributes:
        neighbours, temperature: annotated regions that vote on a pixel, each with weight
            exp(cosine / temperature).
        resize, compat: of the images, as in `ThresholdConfig`.
        workers: processes that read and count images, no more than cores.
    """

    neighbours: int = limited(default=10, low=1)
    temperature: float = limited(default=0.07, low=0.001)
    resize: int = limited(default=256, low=16)
    compat: str = limited(default="fixed", choices=COMPAT)
    workers: int = limited(default=2, low=1, high=256)


@dataclass(frozen=True, kw_only=True)
class DiagnosisConfig(CentreCropConfig):
    """Features of centre crops, and what is asked of them.

    Attributes:
        neighbours: training images that vote in k-nearest-neighbour classification.
        restarts, seed: of k-means.
    """

    neighbours: int = limited(default=20, low=1)
    restarts: int = limited(default=10, low=1)
    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)
