"""Component: what the features know (reads class folders, feeds no training)."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def diagnose(
    *,
    dataset: Input[Dataset],
    untrained: Input[Model],
    pretrained: Input[Model],
    attention: Input[Model],
    config: dict,
    learning: Output[Artifact],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "diagnose",
        dataset=dataset.path,
        untrained=untrained.path,
        pretrained=pretrained.path,
        attention=attention.path,
        config=config,
        learning=learning.path,
    )
    record(metrics, values)
