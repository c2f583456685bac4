"""Component: step 2.1, pixel attention."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def train_pixel_attention(
    *,
    dataset: Input[Dataset],
    pretrained: Input[Model],
    config: dict,
    weights: Output[Model],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "train_pixel_attention",
        dataset=dataset.path,
        pretrained=pretrained.path,
        config=config,
        weights=weights.path,
    )
    record(metrics, values)
