"""Component: step 2.3, threshold search."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def search_threshold(
    dataset: Input[Dataset],
    weights: Input[Model],
    centroids: Input[Artifact],
    config: dict,
    curve: Output[Artifact],
    metrics: Output[Metrics],
) -> float:
    """Find the attention threshold with the best mIoU on validation masks.

    Args:
        dataset: Pointer to the data set.
        weights: Network of step 2.1.
        centroids: Cluster centres.
        config: Settings of this stage.
        curve: Scores at every threshold.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.search_threshold(
        dataset.path, weights.path, centroids.path, config, curve.path
    )
    record(metrics, figures)
    return float(figures["threshold"])
