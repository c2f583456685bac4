"""Component: images whose cluster is beyond doubt, by their distances to the centroids."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def select_by_distance(
    *,
    dataset: Input[Dataset],
    labels: Input[Dataset],
    config: dict,
    selected: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "select_by_distance",
        dataset=dataset.path,
        labels=labels.path,
        config=config,
        selected=selected.path,
    )
    record(metrics, values)
