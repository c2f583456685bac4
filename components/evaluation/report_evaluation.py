"""Component: the report of an evaluation."""

from kfp.dsl import HTML, Artifact, Input, Markdown, Metrics, Model, Output

from components.base import post_component


@post_component
def report_evaluation(
    run: dict,
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
    """Collect the scores of a model on both splits.

    Args:
        run: Profile, data, seed, compat.
        model_uri: The model, as it was named.
        weights: The model; its card says what made its masks.
        baselines: Scores without training.
        validation: Evaluation on validation.
        test: Evaluation on test.
        result: result.json of the run.
        page: Report for people.
        summary: Its tables.
        metrics: mIoU of both splits.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics,
        stages.report_evaluation(
            run,
            model_uri,
            weights.path,
            baselines.path,
            validation.path,
            test.path,
            result.path,
            page.path,
            summary.path,
        ),
    )
