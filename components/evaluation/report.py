"""Component: one result, one report and one model of the whole run."""

from kfp.dsl import HTML, Artifact, Dataset, Input, Markdown, Model, Output

from components.base import stage_component


@stage_component
def report(
    *,
    run_info: dict,
    choice: dict,
    prediction: dict,
    dataset: Input[Dataset],
    validation: Input[Artifact],
    test: Input[Artifact],
    learning: Input[Artifact],
    label_quality: Input[Artifact],
    mask_quality: Input[Artifact],
    baselines: Input[Artifact],
    cluster_curve: Input[Artifact],
    curve: Input[Artifact],
    labels: Input[Dataset],
    weights: Input[Model],
    result: Output[Artifact],
    page: Output[HTML],
    summary: Output[Markdown],
    model: Output[Model],
):
    from pass_ops.stages.run import run_stage

    run_stage(
        "report",
        run_info=run_info,
        choice=choice,
        prediction=prediction,
        dataset=dataset.path,
        validation=validation.path,
        test=test.path,
        learning=learning.path,
        label_quality=label_quality.path,
        mask_quality=mask_quality.path,
        baselines=baselines.path,
        cluster_curve=cluster_curve.path,
        curve=curve.path,
        labels=labels.path,
        weights=weights.path,
        result=result.path,
        page=page.path,
        summary=summary.path,
        model=model.path,
    )
