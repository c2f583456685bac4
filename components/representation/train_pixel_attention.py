"""Component: step 2.1, pixel attention."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import train_component


@train_component
def train_pixel_attention(
    dataset: Input[Dataset],
    pretrained: Input[Model],
    config: dict,
    weights: Output[Model],
    metrics: Output[Metrics],
):
    """Train pixel attention and prototypes on the frozen backbone.

    Args:
        dataset: Pointer to the data set.
        pretrained: Weights of step 1.
        config: Settings of this stage.
        weights: Backbone and attention after the last epoch.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics, stages.train_pixel_attention(dataset.path, pretrained.path, config, weights.path)
    )
