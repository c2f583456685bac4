"""Component: step 2.3, threshold search."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def search_threshold(
    *,
    dataset: Input[Dataset],
    weights: Input[Model],
    centroids: Input[Artifact],
    config: dict,
    curve: Output[Artifact],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "search_threshold",
        dataset=dataset.path,
        weights=weights.path,
        centroids=centroids.path,
        config=config,
        curve=curve.path,
    )
    record(metrics, values)
