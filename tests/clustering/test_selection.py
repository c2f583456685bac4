"""Selection by distance: scores, guards, repeats (method 6.6)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.clustering.cluster_labels import cluster_labels
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.selection import scores, select_by_distance
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.errors import ArtifactError
from tests.clustering.at_distances import clusters_at

CONFIG = DistanceSelectionConfig(min_per_cluster=1)


def table_of(sizes: tuple[int, ...], seed: int = 0) -> LabelTable:
    """Images with random distances, of which `sizes[k]` are nearest to cluster k."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    distances = rng.uniform(0.3, 1, (len(labels), len(sizes))).astype(np.float32)
    distances[np.arange(len(labels)), labels] = rng.uniform(0, 0.3, len(labels))
    keys = tuple(f"image{number:04}" for number in range(len(labels)))
    return cluster_labels(keys, clusters_at(distances), "clustering-1")


def sizes_of(table: LabelTable, clusters: int) -> list[int]:
    return np.bincount(table.labels, minlength=clusters).tolist()


def changed(table: LabelTable, **columns: object) -> LabelTable:
    """The table with other columns."""
    return LabelTable(table.rows.assign(**columns))


def test_scores_by_hand() -> None:
    distances = np.float32([[0.1, 0.2, 0.3, 0.9], [0.5, 0.5, 0.5, 0.5]])
    soft = scores(distances, CONFIG)
    np.testing.assert_allclose(soft, [1 / (1 + np.exp(-1) + np.exp(-2)), 1 / 3], rtol=1e-6)
    margin = scores(distances, dataclasses.replace(CONFIG, compat="reference"))
    np.testing.assert_allclose(margin, [0.1, 0], atol=1e-7)
    two = scores(np.float32([[0.1, 0.3]]), CONFIG)
    np.testing.assert_allclose(two, [1 / (1 + np.exp(-2))], rtol=1e-6)


def test_the_quantile_keeps_that_part_of_all_images() -> None:
    selected = select_by_distance(
        table_of((100, 100, 100, 100)), 4, dataclasses.replace(CONFIG, keep_fraction=0.665)
    )
    assert len(selected) == 266
    assert list(selected.rows.columns) == ["key", "label", "score", "repeat", "label_space"]
    assert selected.label_space == "clustering-1"


@pytest.mark.parametrize("compat", ["fixed", "reference"])
def test_the_threshold_must_be_exceeded(compat: str) -> None:
    table = table_of((50, 50, 50))
    config = dataclasses.replace(CONFIG, compat=compat)
    values = scores(table.column("distances"), config)
    threshold = float(np.sort(values)[60])
    selected = select_by_distance(table, 3, dataclasses.replace(config, threshold=threshold))
    assert list(selected.keys) == [
        key for key, value in zip(table.keys, values, strict=True) if value > threshold
    ]


@given(
    st.lists(st.integers(2, 40), min_size=2, max_size=6).map(tuple),
    st.floats(0.33, 1),
    st.floats(0.33, 1),
    st.integers(1, 20),
)
def test_a_higher_threshold_keeps_a_subset(
    sizes: tuple[int, ...], first: float, second: float, floor: int
) -> None:
    table = table_of(sizes)
    low, high = (
        set(
            select_by_distance(
                table,
                len(sizes),
                DistanceSelectionConfig(threshold=threshold, min_per_cluster=floor),
            ).keys
        )
        for threshold in sorted((first, second))
    )
    assert high <= low


@given(
    st.lists(st.integers(2, 60), min_size=2, max_size=6).map(tuple),
    st.floats(0.05, 1),
    st.integers(1, 30),
    st.integers(1, 3),
)
def test_guards_and_repeats_hold(
    sizes: tuple[int, ...], fraction: float, floor: int, most: int
) -> None:
    table = table_of(sizes)
    config = DistanceSelectionConfig(keep_fraction=fraction, min_per_cluster=floor, max_repeat=most)
    selected = select_by_distance(table, len(sizes), config)
    counts, effective = (
        np.bincount(selected.labels, weights=weights, minlength=len(sizes))
        for weights in (None, selected.repeats)
    )
    median = int(np.median(counts))
    for cluster, size in enumerate(sizes):
        least = min(floor, size)
        assert least <= counts[cluster] <= size
        if size > config.oversize_ratio * len(table) / len(sizes):
            assert counts[cluster] <= max(least, len(table) // len(sizes))
        assert effective[cluster] == max(counts[cluster], min(median, most * counts[cluster]))
        best = scores(table.column("distances")[table.labels == cluster], config)
        threshold = selected.column("score")[selected.labels == cluster].min()
        assert (best > threshold + 1e-6).sum() < counts[cluster]
    assert 1 <= selected.repeats.min() <= selected.repeats.max() <= most


def test_an_oversized_cluster_keeps_the_mean_size_and_a_small_one_its_floor() -> None:
    table = table_of((300, 50, 50))
    everything = dataclasses.replace(CONFIG, threshold=0.0)
    assert sizes_of(select_by_distance(table, 3, everything), 3) == [133, 50, 50]
    nothing = DistanceSelectionConfig(threshold=1.0, min_per_cluster=60)
    assert sizes_of(select_by_distance(table, 3, nothing), 3) == [60, 50, 50]


def test_the_best_images_repeat_until_the_median_is_reached() -> None:
    table = table_of((20, 20, 13, 8))
    selected = select_by_distance(table, 4, dataclasses.replace(CONFIG, threshold=0.0))
    repeats = {
        label: part.sort_values("score", ascending=False)["repeat"]
        for label, part in selected.rows.groupby("label")
    }
    assert set(repeats[0]) == set(repeats[1]) == {1}
    assert list(repeats[2]) == [2] * 3 + [1] * 10
    assert list(repeats[3]) == [2] * 8


def test_equal_scores_are_kept_in_order() -> None:
    table = changed(table_of((4, 4)), distances=[np.float32([0.1, 0.4])] * 8)
    selected = select_by_distance(
        table, 2, DistanceSelectionConfig(threshold=1.0, min_per_cluster=2)
    )
    keys = np.array(table.keys)
    expected = sorted(key for label in (0, 1) for key in keys[table.labels == label][:2])
    assert list(selected.keys) == expected


def test_a_cluster_without_images_is_refused() -> None:
    with pytest.raises(ArtifactError, match="cluster 1 has no images"):
        select_by_distance(table_of((9, 0, 9)), 3, CONFIG)


def test_a_cluster_of_one_image_keeps_it() -> None:
    assert sizes_of(select_by_distance(table_of((9, 1, 9)), 3, CONFIG), 3)[1] == 1


def test_labels_and_distances_that_cannot_be_are_refused() -> None:
    table = table_of((9, 9, 9))
    with pytest.raises(ArtifactError, match=r"label lies in 0\.\.2, not in 0\.\.1"):
        select_by_distance(table, 2, CONFIG)
    distances = list(table.column("distances"))
    distances[4] = np.float32([0.1, np.nan, 0.3])
    with pytest.raises(
        ArtifactError, match=r"distances of 1 images is not finite \(such as image0004\)"
    ):
        select_by_distance(changed(table, distances=distances), 3, CONFIG)


def test_a_table_without_distances_is_refused() -> None:
    table = LabelTable(table_of((9, 12, 9)).rows.drop(columns="distances"))
    with pytest.raises(ArtifactError, match="has no column distances"):
        select_by_distance(table, 3, CONFIG)
