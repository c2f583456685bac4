"""Component: steps 5.1 and 6.1, segmentation training."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import train_component


@train_component
def train_segmenter(
    name: str,
    dataset: Input[Dataset],
    label_maps: Input[Dataset],
    image_labels: Input[Dataset],
    pretrained: Input[Model],
    config: dict,
    checkpoints: Output[Model],
    metrics: Output[Metrics],
):
    """Train a segmenter on pseudo-labels.

    Args:
        name: Tells the rounds apart: round_1, round_2.
        dataset: Pointer to the data set.
        label_maps: Pseudo-labels of the training split.
        image_labels: Labels of the training images, whose confidence can weigh them.
        pretrained: Weights of step 1.
        config: Settings of this stage.
        checkpoints: Weights after every so many epochs.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.train_segmenter(
        name,
        dataset.path,
        label_maps.path,
        image_labels.path,
        pretrained.path,
        config,
        checkpoints.path,
    )
    record(metrics, figures)
