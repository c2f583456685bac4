"""Component: step 4.3, masks of everything, without prompts."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def make_regions(
    *,
    dataset: Input[Dataset],
    mask_back_end: str,
    mask_weights: str,
    config: dict,
    share: str = "",
    regions: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "make_regions",
        dataset=dataset.path,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        config=config,
        share=share,
        regions=regions.path,
    )
    record(metrics, values)
