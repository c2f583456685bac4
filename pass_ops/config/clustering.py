"""Settings of step 2.2 (method 6)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.common import HIGHEST_SEED
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.config.schema import limited


@dataclass(frozen=True, kw_only=True)
class ClusteringConfig(CentreCropConfig):
    """Descriptors of centre crops, and k-means.

    Attributes:
        iterations, restarts: of k-means; the restart with the best objective is kept.
        init: of a clustering that takes over another's ids: `random`, or `canonical` for the means
            of the images that share an id, without restarts.
        seed: of k-means.
    """

    iterations: int = limited(default=20, low=1)
    restarts: int = limited(default=30, low=1)
    init: str = limited(default="random", choices=("random", "canonical"))
    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)
