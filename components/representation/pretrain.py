"""Component: step 1, self-supervised pre-training."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import train_component


@train_component
def pretrain(
    dataset: Input[Dataset],
    config: dict,
    weights: Output[Model],
    initial_weights: Output[Model],
    metrics: Output[Metrics],
):
    """Train backbone, heads and prototypes without labels.

    Args:
        dataset: Pointer to the data set.
        config: Settings of this stage.
        weights: Weights after the last epoch.
        initial_weights: Weights before the first step, for the diagnostics.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.pretrain(dataset.path, config, weights.path, initial_weights.path))
