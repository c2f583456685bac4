"""Component: step 2.2, clustering 3, of the images that the distances of clustering 2 trust."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def cluster_selected(
    features: Input[Dataset],
    previous: Input[Artifact],
    config: dict,
    selection: dict,
    selected: Output[Dataset],
    centroids: Output[Artifact],
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    """Select images and cluster these again, until hardly a label changes.

    Args:
        features: Descriptors of clustering 2.
        previous: Its cluster centres, whose ids the new ones keep.
        config: Settings of cluster.
        selection: Settings of select_by_distance.
        selected: Images that the clusters were made of.
        centroids: Cluster centres, their label space and the permutation that led there.
        labels: Cluster of each training image, with distances.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.cluster_selected(
        features.path, previous.path, config, selection, selected.path, centroids.path, labels.path
    )
    record(metrics, figures)
