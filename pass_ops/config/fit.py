"""What a run's settings ask of its data set, found before anything begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pass_ops.errors import ConfigError

Settings = Mapping[str, Mapping[str, Any]]


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


def require_full_batches(stages: Settings, images: int, clusters: int) -> None:
    """Refuse settings of a run with a training whose batch is larger than what it can be shown.

    A training drops its last batch where that is not full, so it would have none. It may be shown
    fewer images than are known of here: `engine.training.Plan` then refuses, when it starts.

    Args:
        stages: settings of every stage, by its key.
        images: of the training split.
        clusters: K; 0 where it will be chosen.

    Raises:
        ConfigError: names every such setting.
    """
    trainings = {name: values for name, values in stages.items() if "optimiser" in values}
    large = [
        f"{name}.batch_size ({values['batch_size']})"
        for name, values in trainings.items()
        if values["batch_size"] > images
    ]
    if large:
        raise ConfigError(
            f"the {images} training images do not fill a batch of {', '.join(large)}: lower "
            f"{'it' if len(large) == 1 else 'these'} to {images} at most, or add training images"
        )
    by_loss = _most_by_loss(stages["select_small_loss"], images)
    by_distance = _most_by_distance(stages["select_by_distance"], images, clusters)
    for selection, most, names in (
        ("select_small_loss", by_loss, ("train_classifier_g", "train_classifier_h")),
        ("select_by_distance", by_distance, ("train_classifier_c",)),
    ):
        for name in names:
            if trainings[name]["batch_size"] > most:
                raise ConfigError(
                    f"{selection} leaves {most} of the {images} training images at most, which do "
                    f"not fill a batch of {name}.batch_size ({trainings[name]['batch_size']}): "
                    f"lower it to {most} at most, or raise {selection}.keep_fraction"
                )


def _most_by_loss(selection: Mapping[str, Any], images: int) -> int:
    """Most images that losses can select (method 9.5).

    Args:
        selection: settings of `select_small_loss`.
        images: of the training split.
    """
    if selection["compat"] == "reference":
        return max(1, round(selection["keep_fraction"] * images))
    return images


def _most_by_distance(selection: Mapping[str, Any], images: int, clusters: int) -> int:
    """Most images that distances can select, each as often as it can count (method 6.6).

    Args:
        selection: settings of `select_by_distance`.
        images, clusters: see `require_full_batches`.
    """
    kept = images
    if "threshold" not in selection and clusters:
        passing = max(1, round(selection["keep_fraction"] * images))
        kept = min(images, passing + clusters * selection["min_per_cluster"])
    return int(kept * selection["max_repeat"])
