"""Settings of step 2.2 (method 6)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.common import HIGHEST_SEED
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError

MOST_CLUSTERS = 999
"""Ids of pixels from 1000 on are no cluster's (method 1.4)."""


@dataclass(frozen=True, kw_only=True)
class ClusteringConfig(CentreCropConfig):
    """Descriptors of centre crops, and k-means.

    Attributes:
        iterations, restarts: of k-means; the restart with the best objective is kept.
        components: principal components, half whitened, in which random starts look for groups;
            k-means of the descriptors then starts from the means of these alone. 0 for random
            starts among the descriptors.
        init: of a clustering that takes over another's ids: `random`; `canonical` for the means of
            the images that share an id, without restarts; `inferred` for the means of those that
            share a classifier's label, without restarts or iterations.
        seed: of k-means.
    """

    iterations: int = limited(default=20, low=1)
    restarts: int = limited(default=30, low=1)
    components: int = limited(default=0, low=0)
    init: str = limited(default="random", choices=("random", "canonical", "inferred"))
    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)


@dataclass(frozen=True, kw_only=True)
class ClusterCountConfig:
    """How many clusters a set without classes falls into (method 6.7).

    Attributes:
        clusters: how many; 0 to choose by the silhouette.
        min_clusters, max_clusters: limits of that choice; fewer where there are few images.
        restarts: of k-means, for each number that is tried.
        silhouette_images: images that the silhouette is computed of, at most.
    """

    clusters: int = limited(default=0, low=0, high=MOST_CLUSTERS)
    min_clusters: int = limited(default=4, low=2, high=MOST_CLUSTERS)
    max_clusters: int = limited(default=64, low=2, high=MOST_CLUSTERS)
    restarts: int = limited(default=5, low=1)
    silhouette_images: int = limited(default=5000, low=100)

    def __post_init__(self) -> None:
        if self.min_clusters > self.max_clusters:
            raise ConfigError(
                f"min_clusters ({self.min_clusters}) exceeds max_clusters ({self.max_clusters})"
            )
