"""Component: step 4.3, refinement by masks of everything."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def refine_labels(
    *,
    crf_maps: Input[Dataset],
    regions: Input[Dataset],
    config: dict,
    refined_maps: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "refine_labels",
        crf_maps=crf_maps.path,
        regions=regions.path,
        config=config,
        refined_maps=refined_maps.path,
    )
    record(metrics, values)
