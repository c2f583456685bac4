"""Component: step 5.2, choice of a checkpoint."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def choose_checkpoint(
    *,
    name: str,
    dataset: Input[Dataset],
    checkpoints: Input[Model],
    config: dict,
    prediction: dict,
    share: str = "",
    weights: Output[Model],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "choose_checkpoint",
        name=name,
        dataset=dataset.path,
        checkpoints=checkpoints.path,
        config=config,
        prediction=prediction,
        share=share,
        weights=weights.path,
    )
    record(metrics, values)
