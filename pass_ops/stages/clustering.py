"""Step 2.2: three clusterings in one label space."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.clustering import ClusterCountConfig, ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.paths import (
    AttentionWeightsPath,
    CentroidsPath,
    ClassifierWeightsPath,
    ClusterCurvePath,
    ClusterLabelsPath,
    FeaturesPath,
    InferredLabelsPath,
    PointerPath,
    SelectedLabelsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import clusters_of, images_of
from pass_ops.stages.shards import shards_of
from pass_ops.tracking.tracker import Tracker


@stage(step="2.2a", stage_class="infer", headline="clusters")
class ChooseClusters(Stage):
    """Settle on a number of clusters: that of the classes, or what photographs alone suggest.

    Attributes:
        dataset: Pointer to the data set.
        weights: Network of step 2.1.
        config: Settings of this stage.
        clustering: Settings of cluster.
        clusters: Pointer to the data set, with the number of clusters.
        curve: How well each number fits that was tried.
    """

    dataset: PointerPath
    weights: AttentionWeightsPath
    config: ClusterCountConfig
    clustering: ClusteringConfig
    clusters: PointerPath = field(init=False)
    curve: ClusterCurvePath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.clustering.count.choose import choose_clusters

        with shards_of(self, self.clusters) as shards:
            return choose_clusters(
                dataset=self.dataset,
                images=images_of(self.dataset, "train"),
                weights=self.weights,
                kmeans=self.clustering,
                config=self.config,
                clusters=self.clusters,
                curve=self.curve,
                tracker=tracker,
                shards=shards,
            )


@stage(step="2.2a", stage_class="infer", headline="objective", run_as="cluster_1")
class Cluster(Stage):
    """Describe every training image and cluster the descriptors: clustering 1.

    Attributes:
        dataset: Pointer to the data set.
        weights: Network of step 2.1.
        config: Settings of this stage.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        features: Pooled descriptors.
        centroids: Cluster centres and the label space they define.
        labels: Cluster of each training image, with distances.
    """

    dataset: PointerPath
    weights: AttentionWeightsPath
    config: ClusteringConfig
    share: str = ""
    features: FeaturesPath = field(init=False)
    centroids: CentroidsPath = field(init=False)
    labels: ClusterLabelsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        return _cluster(stage=self, tracker=tracker)


@stage(step="2.2b", stage_class="infer", headline="objective", run_as="cluster_2")
class ClusterAligned(Stage):
    """Describe and cluster again, by other weights, and rename the clusters after those of
    clustering 1: clustering 2.

    Attributes:
        dataset: Pointer to the data set.
        weights: Classifier h.
        canonical: Image labels whose cluster ids the new ones take over.
        inferred: Image labels of classifier h.
        config: Settings of cluster.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        features: Pooled descriptors.
        centroids: Cluster centres, their label space and the permutation that led there.
        labels: Cluster of each training image, with distances.
    """

    dataset: PointerPath
    weights: ClassifierWeightsPath
    canonical: ClusterLabelsPath
    inferred: InferredLabelsPath
    config: ClusteringConfig
    share: str = ""
    features: FeaturesPath = field(init=False)
    centroids: CentroidsPath = field(init=False)
    labels: ClusterLabelsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        return _cluster(
            stage=self, tracker=tracker, canonical=self.canonical, inferred=self.inferred
        )


@stage(step="2.2c", stage_class="post", headline="coverage", run_as="cluster_3")
class ClusterSelected(Stage):
    """Select the images that clustering 2's distances trust and cluster these again, until hardly
    a label changes: clustering 3. Select by its distances, too.

    Attributes:
        features: Descriptors of clustering 2.
        previous: Its cluster centres, whose ids the new ones keep.
        config: Settings of cluster.
        selection: Settings of the selection.
        selected_2: What distances in clustering 2 keep, with label, score and repeat count.
        selected_3: What distances in clustering 3 keep, likewise.
        centroids: Cluster centres, their label space and the permutation that led there.
        labels: Cluster of each training image, with distances.
    """

    features: FeaturesPath
    previous: CentroidsPath
    config: ClusteringConfig
    selection: DistanceSelectionConfig
    selected_2: SelectedLabelsPath = field(init=False)
    selected_3: SelectedLabelsPath = field(init=False)
    centroids: CentroidsPath = field(init=False)
    labels: ClusterLabelsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.clustering.cluster_selected import cluster_selected

        with shards_of(self, self.labels) as shards:
            return cluster_selected(
                features=self.features,
                previous=self.previous,
                kmeans=self.config,
                selection=self.selection,
                selected_2=self.selected_2,
                selected_3=self.selected_3,
                centroids=self.centroids,
                labels=self.labels,
                tracker=tracker,
                shards=shards,
            )


def _cluster(
    *,
    stage: Cluster | ClusterAligned,
    tracker: Tracker,
    canonical: ClusterLabelsPath | None = None,
    inferred: InferredLabelsPath | None = None,
) -> Metrics:
    """Do the work of clustering 1 or 2.

    Args:
        stage: of its inputs and outputs.
        tracker: of its run.
        canonical: image labels whose cluster ids the new ones take over; None for clustering 1.
        inferred: a classifier's image labels, where there is one.
    """
    from pass_ops.clustering.cluster import cluster

    with shards_of(stage, stage.labels) as shards:
        return cluster(
            images=images_of(stage.dataset, "train"),
            weights=stage.weights,
            categories=clusters_of(stage.dataset),
            config=stage.config,
            features=stage.features,
            centroids=stage.centroids,
            labels=stage.labels,
            tracker=tracker,
            canonical=canonical,
            inferred=inferred,
            shards=shards,
        )
