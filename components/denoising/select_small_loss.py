"""Component: step 3.1, images that a classifier confirms or corrects."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def select_small_loss(
    name: str,
    dataset: Input[Dataset],
    inferred: Input[Dataset],
    config: dict,
    selected: Output[Dataset],
    metrics: Output[Metrics],
):
    """Keep the images whose labels have small losses; relabel those that the classifier is sure of.

    Args:
        name: Of the classifier: f or g.
        dataset: Pointer to the data set.
        inferred: Labels and losses that the classifier gave.
        config: Settings of this stage.
        selected: Kept images with label and weight.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics, stages.select_small_loss(name, dataset.path, inferred.path, config, selected.path)
    )
