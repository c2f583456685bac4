"""Clustering 3, and what distances keep before and after it (method 6.6)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.clustering.cluster_labels import cluster_labels
from pass_ops.clustering.cluster_selected import cluster_selected
from pass_ops.clustering.files import save_clusters, save_features
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.selection import select_by_distance
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.paths import CentroidsPath, ClusterLabelsPath, FeaturesPath, SelectedLabelsPath
from pass_ops.tracking.tracker import NullTracker

CLUSTERS, IMAGES = 4, 120


def test_both_selections_are_written_each_under_its_own_clustering(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = np.repeat(np.eye(CLUSTERS, 8), IMAGES // CLUSTERS, axis=0)
    features = (rows + rng.normal(scale=0.35, size=rows.shape)).astype(np.float32)
    keys = tuple(f"image{number:03}" for number in range(IMAGES))
    save_features(FeaturesPath(tmp_path / "features"), keys, features)
    before = kmeans(features=features, clusters=CLUSTERS, iterations=1, restarts=1, seed=31)
    save_clusters(
        keys=keys,
        clusters=before,
        label_space="clustering-1",
        centroids=CentroidsPath(tmp_path / "previous"),
        labels=ClusterLabelsPath(tmp_path / "previous.parquet"),
    )
    selection = DistanceSelectionConfig(min_per_cluster=5)
    metrics = cluster_selected(
        features=FeaturesPath(tmp_path / "features"),
        previous=CentroidsPath(tmp_path / "previous"),
        kmeans=ClusteringConfig(restarts=3),
        selection=selection,
        selected_2=SelectedLabelsPath(tmp_path / "selected_2.parquet"),
        selected_3=SelectedLabelsPath(tmp_path / "selected_3.parquet"),
        centroids=CentroidsPath(tmp_path / "centroids"),
        labels=ClusterLabelsPath(tmp_path / "labels.parquet"),
        tracker=NullTracker(),
    )
    second, third, clusters = (
        LabelTable.load(tmp_path / f"{name}.parquet")
        for name in ("selected_2", "selected_3", "labels")
    )
    pd.testing.assert_frame_equal(
        second.rows,
        select_by_distance(cluster_labels(keys, before, "clustering-1"), CLUSTERS, selection).rows,
    )
    pd.testing.assert_frame_equal(
        third.rows, select_by_distance(clusters, CLUSTERS, selection).rows
    )
    assert set(second.keys) != set(third.keys)
    assert metrics["coverage"] == len(third) / IMAGES
