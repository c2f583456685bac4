"""What a run's settings ask of its data set."""

from __future__ import annotations

import pytest

from pass_ops.config.fit import require_cluster_count, require_fit, require_full_batches
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


def test_a_batch_that_the_training_split_fills_just_so_will_do() -> None:
    require_full_batches(resolve(profile="small", seed=31, compat="fixed"), 32, 10)


def test_every_training_whose_batch_is_too_large_is_named_in_one_line() -> None:
    settings = resolve(
        profile="small", overrides={"pretrain.batch_size": 16}, seed=31, compat="fixed"
    )
    with pytest.raises(ConfigError) as caught:
        require_full_batches(settings, 31, 10)
    trainings = ("train_pixel_attention", *(f"train_classifier_{name}" for name in "fghc"))
    named = ", ".join(f"{name}.batch_size (32)" for name in (*trainings, "train_segmenter"))
    assert str(caught.value) == (
        f"the 31 training images do not fill a batch of {named}: "
        "lower these to 31 at most, or add training images"
    )


def test_batches_of_other_stages_may_be_larger_than_the_set() -> None:
    settings = resolve(profile="smoke", seed=31, compat="fixed")
    settings["cluster"]["batch_size"] = 1000
    require_full_batches(settings, 32, 10)


def test_a_selection_by_loss_that_is_known_to_be_too_small_is_refused() -> None:
    settings = resolve(profile="small", seed=31, compat="reference")
    settings["select_small_loss"]["keep_fraction"] = 0.7
    # 0.7 times 46 are 32.
    require_full_batches(settings, 46, 10)
    with pytest.raises(ConfigError) as caught:
        require_full_batches(settings, 44, 10)
    assert str(caught.value) == (
        "select_small_loss leaves 31 of the 44 training images at most, which do not fill a batch "
        "of train_classifier_g.batch_size (32): lower it to 31 at most, or raise "
        "select_small_loss.keep_fraction"
    )
    # What a mixture calls clean may be all of them.
    settings["select_small_loss"]["compat"] = "fixed"
    require_full_batches(settings, 44, 10)


def test_a_selection_by_distance_that_is_known_to_be_too_small_is_refused() -> None:
    settings = resolve(profile="small", seed=31, compat="fixed")
    near = settings["select_by_distance"]
    near |= {"keep_fraction": 0.2, "min_per_cluster": 1, "max_repeat": 1}
    # 0.2 times 100, and one of each of 10 clusters, are 30.
    with pytest.raises(ConfigError, match=r"select_by_distance leaves 30 of the 100 training.*"):
        require_full_batches(settings, 100, 10)
    require_full_batches(settings, 100, 12)
    # Counted twice they fill a batch; so may they where the number of clusters is not known yet.
    require_full_batches(settings | {"select_by_distance": near | {"max_repeat": 2}}, 100, 10)
    require_full_batches(settings, 100, 0)
