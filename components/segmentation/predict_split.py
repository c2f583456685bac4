"""Component: step 6.2, prediction."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def predict_split(
    *,
    name: str,
    dataset: Input[Dataset],
    split: str,
    weights: Input[Model],
    config: dict,
    share: str = "",
    predicted_maps: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "predict_split",
        name=name,
        dataset=dataset.path,
        split=split,
        weights=weights.path,
        config=config,
        share=share,
        predicted_maps=predicted_maps.path,
    )
    record(metrics, values)
