"""Component: step 3, training of classifier f, g, h or c."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import train_component


@train_component
def train_classifier(
    name: str,
    dataset: Input[Dataset],
    labels: Input[Dataset],
    weights: Input[Model],
    config: dict,
    checkpoints: Output[Artifact],
    last: Output[Model],
    metrics: Output[Metrics],
):
    """Train all layers on image labels.

    Args:
        name: Of the classifier: f, g, h or c.
        dataset: Pointer to the data set.
        labels: Labels to learn, of all training images or of a selection.
        weights: Network of step 2.1, from which training starts.
        config: Settings of this classifier.
        checkpoints: Weights of the last epochs, over which labels and losses are averaged.
        last: Weights of the last epoch.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.train_classifier(
        name, dataset.path, labels.path, weights.path, config, checkpoints.path, last.path
    )
    record(metrics, figures)
