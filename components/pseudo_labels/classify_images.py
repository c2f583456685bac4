"""Component: labels of a split's images from a classifier, for measuring the masks."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def classify_images(
    *,
    name: str,
    dataset: Input[Dataset],
    split: str,
    checkpoints: Input[Artifact],
    config: dict,
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "classify_images",
        name=name,
        dataset=dataset.path,
        split=split,
        checkpoints=checkpoints.path,
        config=config,
        labels=labels.path,
    )
    record(metrics, values)
