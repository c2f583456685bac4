"""Component: step 2.2, clustering 2, in the label space of clustering 1."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def cluster_aligned(
    dataset: Input[Dataset],
    weights: Input[Model],
    canonical: Input[Dataset],
    config: dict,
    features: Output[Dataset],
    centroids: Output[Artifact],
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    """Describe every training image, cluster the descriptors, rename the clusters after those of an
    earlier clustering.

    Args:
        dataset: Pointer to the data set.
        weights: Classifier h.
        canonical: Image labels whose cluster ids the new ones take over.
        config: Settings of cluster.
        features: Pooled descriptors.
        centroids: Cluster centres, their label space and the permutation that led there.
        labels: Cluster of each training image, with distances.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.cluster_aligned(
        dataset.path,
        weights.path,
        canonical.path,
        config,
        features.path,
        centroids.path,
        labels.path,
    )
    record(metrics, figures)
