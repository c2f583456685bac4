"""Component: evaluation on validation."""

from kfp.dsl import HTML, Artifact, ClassificationMetrics, Dataset, Input, Markdown, Metrics, Output

from components.base import stage_component


@stage_component
def evaluate_validation(
    *,
    dataset: Input[Dataset],
    predicted_maps: Input[Dataset],
    config: dict,
    evaluation: Output[Artifact],
    exported: Output[Dataset],
    confusion: Output[ClassificationMetrics],
    page: Output[HTML],
    summary: Output[Markdown],
    metrics: Output[Metrics],
):
    import json
    from pathlib import Path

    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "evaluate_validation",
        dataset=dataset.path,
        predicted_maps=predicted_maps.path,
        config=config,
        evaluation=evaluation.path,
        exported=exported.path,
        confusion=confusion.path,
        page=page.path,
        summary=summary.path,
    )
    record(metrics, values)
    table = json.loads(Path(confusion.path).read_text())
    confusion.log_confusion_matrix(table["labels"], table["matrix"])
