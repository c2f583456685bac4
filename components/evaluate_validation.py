"""Component: evaluation on validation."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def evaluate_validation(
    dataset: Input[Dataset],
    predictions: Input[Dataset],
    config: dict,
    evaluation: Output[Artifact],
    exported: Output[Dataset],
    metrics: Output[Metrics],
):
    """Match clusters to classes on validation, and score the predictions there.

    Args:
        dataset: Pointer to the data set.
        predictions: Labels of every image.
        config: Settings of this stage.
        evaluation: Metrics, match.json, charts, a sheet of predictions.
        exported: Predictions in the ImageNet-S layout.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics, stages.evaluate(dataset.path, "validation", predictions.path, config, None, evaluation.path, exported.path)
    )
