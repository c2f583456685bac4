"""What a run's settings ask of its data set."""

from __future__ import annotations

import pytest

from pass_ops.config.fit import require_cluster_count, require_fit
from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError


def test_numbers_of_clusters_that_a_set_can_fall_into() -> None:
    for clusters, classes in ((0, 6), (6, 6), (0, 0), (32, 0)):
        require_cluster_count(clusters, 32, classes)


@pytest.mark.parametrize(
    ("clusters", "classes", "message"),
    [
        (5, 6, "clusters are matched one to one to the 6 classes of the data set: leave it out"),
        (33, 0, "there are 32 training images: choose fewer clusters"),
    ],
)
def test_other_numbers_are_refused_in_one_line(clusters: int, classes: int, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        require_cluster_count(clusters, 32, classes)
    setting = f"choose_clusters.clusters={clusters} (CLUSTERS of make run)"
    assert str(caught.value) == f"{setting}: {message}"


@pytest.mark.parametrize("classes", [0, 10])
def test_clusters_and_batches_are_both_looked_at(classes: int) -> None:
    settings = resolve(profile="small", seed=31, compat="fixed")
    require_fit(settings, 32, classes)
    with pytest.raises(ConfigError, match="the 31 training images do not fill a batch"):
        require_fit(settings, 31, classes)
    settings["choose_clusters"]["clusters"] = 33
    with pytest.raises(ConfigError, match=r"^choose_clusters\.clusters=33"):
        require_fit(settings, 32, classes)


def test_the_images_that_distances_keep_of_each_class_count() -> None:
    settings = resolve(profile="small", seed=31, compat="fixed")
    near = {"keep_fraction": 0.2, "min_per_cluster": 1, "max_repeat": 1}
    settings["select_by_distance"] |= near
    # 0.2 times 100, and one of each class or cluster: 32 fill a batch.
    require_fit(settings, 100, 12)
    with pytest.raises(ConfigError, match="select_by_distance leaves 30 of the 100"):
        require_fit(settings, 100, 10)
    settings["choose_clusters"]["clusters"] = 10
    with pytest.raises(ConfigError, match="select_by_distance leaves 30 of the 100"):
        require_fit(settings, 100, 0)
