"""Component: what the features know (reads class folders, feeds no training)."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def diagnose(
    dataset: Input[Dataset],
    untrained: Input[Model],
    pretrained: Input[Model],
    attention: Input[Model],
    config: dict,
    learning: Output[Artifact],
    metrics: Output[Metrics],
):
    """Judge the features of three networks by k-means and nearest neighbours.

    Args:
        dataset: Pointer to the data set.
        untrained: Weights before the first step.
        pretrained: Weights of step 1.
        attention: Weights of step 2.1.
        config: Settings of this stage.
        learning: Accuracies of the three.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics,
        stages.diagnose(
            dataset.path, untrained.path, pretrained.path, attention.path, config, learning.path
        ),
    )
