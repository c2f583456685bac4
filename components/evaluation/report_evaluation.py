"""Component: the report of an evaluation."""

from kfp.dsl import HTML, Artifact, Input, Markdown, Metrics, Model, Output

from components.base import stage_component


@stage_component
def report_evaluation(
    *,
    run_info: dict,
    model_uri: str,
    weights: Input[Model],
    baselines: Input[Artifact],
    validation: Input[Artifact],
    test: Input[Artifact],
    result: Output[Artifact],
    page: Output[HTML],
    summary: Output[Markdown],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "report_evaluation",
        run_info=run_info,
        model_uri=model_uri,
        weights=weights.path,
        baselines=baselines.path,
        validation=validation.path,
        test=test.path,
        result=result.path,
        page=page.path,
        summary=summary.path,
    )
    record(metrics, values)
