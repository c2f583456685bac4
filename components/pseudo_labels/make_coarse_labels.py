"""Component: step 2.4, coarse labels."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def make_coarse_labels(
    *,
    dataset: Input[Dataset],
    weights: Input[Model],
    centroids: Input[Artifact],
    curve: Input[Artifact],
    config: dict,
    share: str = "",
    coarse_maps: Output[Dataset],
    attention_maps: Output[Dataset],
    prompts: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "make_coarse_labels",
        dataset=dataset.path,
        weights=weights.path,
        centroids=centroids.path,
        curve=curve.path,
        config=config,
        share=share,
        coarse_maps=coarse_maps.path,
        attention_maps=attention_maps.path,
        prompts=prompts.path,
    )
    record(metrics, values)
