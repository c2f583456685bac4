"""Component: step 3, training of classifier f, g, h, c or d."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def train_classifier(
    *,
    name: str,
    dataset: Input[Dataset],
    labels: Input[Dataset],
    weights: Input[Model],
    config: dict,
    checkpoints: Output[Artifact],
    last: Output[Model],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "train_classifier",
        name=name,
        dataset=dataset.path,
        labels=labels.path,
        weights=weights.path,
        config=config,
        checkpoints=checkpoints.path,
        last=last.path,
    )
    record(metrics, values)
