"""Component: steps 5.1 and 6.1, segmentation training."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def train_segmenter(
    *,
    name: str,
    dataset: Input[Dataset],
    painted_maps: Input[Dataset],
    image_labels: Input[Dataset],
    pretrained: Input[Model],
    config: dict,
    checkpoints: Output[Model],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "train_segmenter",
        name=name,
        dataset=dataset.path,
        painted_maps=painted_maps.path,
        image_labels=image_labels.path,
        pretrained=pretrained.path,
        config=config,
        checkpoints=checkpoints.path,
    )
    record(metrics, values)
