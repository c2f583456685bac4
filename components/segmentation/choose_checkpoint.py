"""Component: step 5.2, choice of a checkpoint."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def choose_checkpoint(
    name: str,
    dataset: Input[Dataset],
    checkpoints: Input[Model],
    config: dict,
    prediction: dict,
    weights: Output[Model],
    metrics: Output[Metrics],
):
    """Score every checkpoint on validation and keep one.

    Args:
        name: Tells the rounds apart: round_1, round_2.
        dataset: Pointer to the data set.
        checkpoints: What the training kept.
        config: Settings of this stage.
        prediction: Settings of the prediction stage.
        weights: The chosen checkpoint.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.choose_checkpoint(
        name, dataset.path, checkpoints.path, config, prediction, weights.path
    )
    record(metrics, figures)
