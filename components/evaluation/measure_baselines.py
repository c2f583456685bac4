"""Component: scores without any training."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def measure_baselines(
    dataset: Input[Dataset],
    baselines: Output[Artifact],
    metrics: Output[Metrics],
):
    """Score predictions that need no training, to read a run's figures beside.

    Args:
        dataset: Pointer to the data set.
        baselines: Scores by baseline and split.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.measure_baselines(dataset.path, baselines.path))
