"""Component: one result and one report of the whole run."""

from kfp.dsl import HTML, Artifact, Dataset, Input, Markdown, Metrics, Output

from components.base import post_component


@post_component
def report(
    run: dict,
    choice: dict,
    validate_data: Input[Metrics],
    pretrain: Input[Metrics],
    train_pixel_attention: Input[Metrics],
    cluster: Input[Metrics],
    search_threshold: Input[Metrics],
    make_coarse_labels: Input[Metrics],
    train_segmenter: Input[Metrics],
    choose_checkpoint: Input[Metrics],
    predict_validation: Input[Metrics],
    predict_test: Input[Metrics],
    evaluate_validation: Input[Metrics],
    evaluate_test: Input[Metrics],
    diagnose: Input[Metrics],
    measure_baselines: Input[Metrics],
    dataset: Input[Dataset],
    validation: Input[Artifact],
    test: Input[Artifact],
    learning: Input[Artifact],
    baselines: Input[Artifact],
    curve: Input[Artifact],
    labels: Input[Dataset],
    result: Output[Artifact],
    page: Output[HTML],
    summary: Output[Markdown],
):
    """Collect what all stages measured.

    Args:
        run: Profile, data, seed, compat.
        choice: Settings of the checkpoint choice.
        validate_data: Figures of that stage, as are the next ones.
        pretrain: Figures.
        train_pixel_attention: Figures.
        cluster: Figures.
        search_threshold: Figures.
        make_coarse_labels: Figures.
        train_segmenter: Figures.
        choose_checkpoint: Figures.
        predict_validation: Figures.
        predict_test: Figures.
        evaluate_validation: Figures.
        evaluate_test: Figures.
        diagnose: Figures.
        measure_baselines: Figures.
        dataset: Pointer to the data set.
        validation: Evaluation on validation.
        test: Evaluation on test.
        learning: What the features know.
        baselines: Scores without training.
        curve: Scores at every threshold.
        labels: Cluster of each training image.
        result: result.json of the run.
        page: Report for people.
        summary: Its tables.
    """
    from pass_ops import stages

    figures = [
        validate_data,
        pretrain,
        train_pixel_attention,
        cluster,
        search_threshold,
        make_coarse_labels,
        train_segmenter,
        choose_checkpoint,
        predict_validation,
        predict_test,
        evaluate_validation,
        evaluate_test,
        diagnose,
        measure_baselines,
    ]
    stages.report(
        run,
        choice["by"],
        [stage.metadata for stage in figures],
        dataset.path,
        validation.path,
        test.path,
        learning.path,
        baselines.path,
        curve.path,
        labels.path,
        result.path,
        page.path,
        summary.path,
    )
