"""Component: step 3.1, images that a classifier confirms or corrects."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def select_small_loss(
    *,
    name: str,
    dataset: Input[Dataset],
    inferred: Input[Dataset],
    config: dict,
    selected: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "select_small_loss",
        name=name,
        dataset=dataset.path,
        inferred=inferred.path,
        config=config,
        selected=selected.path,
    )
    record(metrics, values)
