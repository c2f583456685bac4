"""Component: step 3.3, labels of all training images from a classifier."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import infer_component


@infer_component
def infer_image_labels(
    name: str,
    dataset: Input[Dataset],
    checkpoints: Input[Artifact],
    given: Input[Dataset],
    config: dict,
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    """Classify every training image and its mirror image; judge the labels that it had.

    Args:
        name: Of the classifier: f, g, h or c.
        dataset: Pointer to the data set.
        checkpoints: Of the classifier's last epochs.
        given: Labels of all training images so far.
        config: Settings of this stage.
        labels: New label of each image, its confidence, and the loss of the label so far.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.infer_image_labels(
        name, dataset.path, checkpoints.path, given.path, config, labels.path
    )
    record(metrics, figures)
