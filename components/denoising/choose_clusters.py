"""Component: step 2.2, the number of clusters."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def choose_clusters(
    *,
    dataset: Input[Dataset],
    weights: Input[Model],
    config: dict,
    clustering: dict,
    clusters: Output[Dataset],
    curve: Output[Artifact],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "choose_clusters",
        dataset=dataset.path,
        weights=weights.path,
        config=config,
        clustering=clustering,
        clusters=clusters.path,
        curve=curve.path,
    )
    record(metrics, values)
