"""Component: step 6.2, predictions with prompted masks of the same images."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def complete_predictions(
    *,
    predicted_maps: Input[Dataset],
    earlier_maps: Input[Dataset],
    painted_maps: Input[Dataset],
    labels: Input[Dataset],
    config: dict,
    completed_maps: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "complete_predictions",
        predicted_maps=predicted_maps.path,
        earlier_maps=earlier_maps.path,
        painted_maps=painted_maps.path,
        labels=labels.path,
        config=config,
        completed_maps=completed_maps.path,
    )
    record(metrics, values)
