"""Component: step 2.2, clustering."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def cluster(
    dataset: Input[Dataset],
    weights: Input[Model],
    config: dict,
    features: Output[Dataset],
    centroids: Output[Artifact],
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    """Describe every training image and cluster the descriptors.

    Args:
        dataset: Pointer to the data set.
        weights: Network of step 2.1.
        config: Settings of this stage.
        features: Pooled descriptors.
        centroids: Cluster centres and the label space they define.
        labels: Cluster of each training image, with distances.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics,
        stages.cluster(
            dataset.path, weights.path, config, features.path, centroids.path, labels.path
        ),
    )
