"""Component: step 2.2, clustering."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def cluster(
    *,
    dataset: Input[Dataset],
    weights: Input[Model],
    config: dict,
    share: str = "",
    features: Output[Dataset],
    centroids: Output[Artifact],
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "cluster",
        dataset=dataset.path,
        weights=weights.path,
        config=config,
        share=share,
        features=features.path,
        centroids=centroids.path,
        labels=labels.path,
    )
    record(metrics, values)
