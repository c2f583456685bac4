"""Component: evaluation on test."""

from kfp.dsl import HTML, Artifact, ClassificationMetrics, Dataset, Input, Markdown, Metrics, Output

from components.base import post_component


@post_component
def evaluate_test(
    dataset: Input[Dataset],
    predictions: Input[Dataset],
    matching: Input[Artifact],
    config: dict,
    evaluation: Output[Artifact],
    exported: Output[Dataset],
    confusion: Output[ClassificationMetrics],
    page: Output[HTML],
    summary: Output[Markdown],
    metrics: Output[Metrics],
):
    """Score predictions on test with the matching found on validation.

    Args:
        dataset: Pointer to the data set.
        predictions: Labels of every image.
        matching: What evaluate_validation wrote.
        config: Settings of this stage.
        evaluation: Metrics, match.json, pictures.
        exported: Predictions in the ImageNet-S layout.
        confusion: Where each class's pixels went.
        page: Overlays, bars, confusion matrix.
        summary: Table of all metrics.
        metrics: Figures of the stage, seconds, peak memory.
    """
    import json
    from pathlib import Path

    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.evaluate(
        dataset.path,
        "test",
        predictions.path,
        config,
        matching.path,
        evaluation.path,
        exported.path,
        confusion.path,
        page.path,
        summary.path,
    )
    record(metrics, figures)
    table = json.loads(Path(confusion.path).read_text())
    confusion.log_confusion_matrix(table["labels"], table["matrix"])
