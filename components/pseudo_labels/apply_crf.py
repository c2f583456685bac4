"""Component: step 4.3, dense CRF."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def apply_crf(
    dataset: Input[Dataset],
    split: str,
    label_maps: Input[Dataset],
    config: dict,
    output: Output[Dataset],
    metrics: Output[Metrics],
):
    """Move the borders of label maps to those of the image's colours.

    Args:
        dataset: Pointer to the data set.
        split: train, validation or test.
        label_maps: Coarse labels of that split.
        config: Settings of this stage.
        output: Label maps.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.apply_crf(dataset.path, split, label_maps.path, config, output.path))
