"""Component: labels of a split's images from a classifier, for measuring the masks."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import infer_component


@infer_component
def classify_images(
    name: str,
    dataset: Input[Dataset],
    split: str,
    checkpoints: Input[Artifact],
    config: dict,
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    """Classify every image of a split and its mirror image.

    Args:
        name: Of the classifier: f, g, h or c.
        dataset: Pointer to the data set.
        split: validation or test.
        checkpoints: Of the classifier's last epochs.
        config: Settings of infer_image_labels.
        labels: Label and confidence of each image.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics,
        stages.classify_images(name, dataset.path, split, checkpoints.path, config, labels.path),
    )
