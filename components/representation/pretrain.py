"""Component: step 1, self-supervised pre-training."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def pretrain(
    *,
    dataset: Input[Dataset],
    config: dict,
    weights: Output[Model],
    initial_weights: Output[Model],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "pretrain",
        dataset=dataset.path,
        config=config,
        weights=weights.path,
        initial_weights=initial_weights.path,
    )
    record(metrics, values)
