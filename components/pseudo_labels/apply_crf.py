"""Component: step 4.3, dense CRF."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def apply_crf(
    *,
    dataset: Input[Dataset],
    coarse_maps: Input[Dataset],
    config: dict,
    share: str = "",
    crf_maps: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "apply_crf",
        dataset=dataset.path,
        coarse_maps=coarse_maps.path,
        config=config,
        share=share,
        crf_maps=crf_maps.path,
    )
    record(metrics, values)
