"""Component: steps 4.4, 4.5 and 5.4, 5.5, prompted masks painted with image labels."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def prompt_masks(
    *,
    name: str,
    dataset: Input[Dataset],
    split: str,
    mask_back_end: str,
    mask_weights: str,
    label_maps: Input[Dataset],
    prompts: Input[Dataset],
    attention_maps: Input[Dataset],
    image_labels: Input[Dataset],
    config: dict,
    share: str = "",
    painted_maps: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "prompt_masks",
        name=name,
        dataset=dataset.path,
        split=split,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        label_maps=label_maps.path,
        prompts=prompts.path,
        attention_maps=attention_maps.path,
        image_labels=image_labels.path,
        config=config,
        share=share,
        painted_maps=painted_maps.path,
    )
    record(metrics, values)
