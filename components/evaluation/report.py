"""Component: one result and one report of the whole run."""

from kfp.dsl import HTML, Artifact, Dataset, Input, Markdown, Output

from components.base import post_component


@post_component
def report(
    run: dict,
    choice: dict,
    dataset: Input[Dataset],
    validation: Input[Artifact],
    test: Input[Artifact],
    learning: Input[Artifact],
    label_quality: Input[Artifact],
    mask_quality: Input[Artifact],
    baselines: Input[Artifact],
    curve: Input[Artifact],
    labels: Input[Dataset],
    result: Output[Artifact],
    page: Output[HTML],
    summary: Output[Markdown],
):
    """Collect what all stages measured.

    Args:
        run: Profile, data, seed, compat, mask back end.
        choice: Settings of the checkpoint choice.
        dataset: Pointer to the data set.
        validation: Evaluation on validation.
        test: Evaluation on test.
        learning: What the features know.
        label_quality: Accuracy of the image labels after each step.
        mask_quality: Scores of the label maps after each step.
        baselines: Scores without training.
        curve: Scores at every threshold.
        labels: Cluster of each training image.
        result: result.json of the run.
        page: Report for people.
        summary: Its tables.
    """
    from pass_ops import stages

    stages.report(
        run,
        choice["by"],
        dataset.path,
        validation.path,
        test.path,
        learning.path,
        label_quality.path,
        mask_quality.path,
        baselines.path,
        curve.path,
        labels.path,
        result.path,
        page.path,
        summary.path,
    )
