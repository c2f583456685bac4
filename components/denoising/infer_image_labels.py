"""Component: step 3.3, labels of all training images from a classifier."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def infer_image_labels(
    *,
    name: str,
    dataset: Input[Dataset],
    checkpoints: Input[Artifact],
    given: Input[Dataset],
    config: dict,
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "infer_image_labels",
        name=name,
        dataset=dataset.path,
        checkpoints=checkpoints.path,
        given=given.path,
        config=config,
        labels=labels.path,
    )
    record(metrics, values)
