"""Component: evaluation on test."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def evaluate_test(
    dataset: Input[Dataset],
    predictions: Input[Dataset],
    matching: Input[Artifact],
    config: dict,
    evaluation: Output[Artifact],
    exported: Output[Dataset],
    metrics: Output[Metrics],
):
    """Score predictions on test with the matching found on validation.

    Args:
        dataset: Pointer to the data set.
        predictions: Labels of every image.
        matching: What evaluate_validation wrote.
        config: Settings of this stage.
        evaluation: Metrics, match.json, charts, a sheet of predictions.
        exported: Predictions in the ImageNet-S layout.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics,
        stages.evaluate(dataset.path, "test", predictions.path, config, matching.path, evaluation.path, exported.path),
    )
