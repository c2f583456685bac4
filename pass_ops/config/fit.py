"""What a run's settings ask of its data set, found before anything begins."""

from __future__ import annotations

from pass_ops.config.full_batches import Settings, require_full_batches
from pass_ops.errors import ConfigError


def require_fit(stages: Settings, images: int, classes: int) -> None:
    """Refuse settings of a run that its data set cannot meet.

    Args:
        stages: settings of every stage, by its key.
        images: of the training split.
        classes: of the data set; 0 where it has none.

    Raises:
        ConfigError: see `require_cluster_count` and `require_full_batches`.
    """
    clusters = stages["choose_clusters"]["clusters"]
    require_cluster_count(clusters, images, classes)
    require_full_batches(stages, images, classes or clusters)


def require_cluster_count(clusters: int, images: int, classes: int) -> None:
    """Refuse a number of clusters that a data set cannot fall into.

    Args:
        clusters: the setting `choose_clusters.clusters`; 0 where it is left open.
        images, classes: see `require_fit`.

    Raises:
        ConfigError: it is another one than that of the classes, or above that of the images.
    """
    setting = f"choose_clusters.clusters={clusters} (CLUSTERS of make run)"
    if classes and clusters not in (0, classes):
        raise ConfigError(
            f"{setting}: clusters are matched one to one to the {classes} classes of the data set: "
            "leave it out"
        )
    if clusters > images:
        raise ConfigError(f"{setting}: there are {images} training images: choose fewer clusters")
