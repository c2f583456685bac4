"""Component: images whose cluster is beyond doubt, by their distances to the centroids."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def select_by_distance(
    dataset: Input[Dataset],
    labels: Input[Dataset],
    config: dict,
    selected: Output[Dataset],
    metrics: Output[Metrics],
):
    """Keep the images that lie clearly nearest to one centroid.

    Args:
        dataset: Pointer to the data set.
        labels: Clusters of all training images, with distances.
        config: Settings of this stage.
        selected: Kept images with label, score and repeat count.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.select_by_distance(dataset.path, labels.path, config, selected.path))
