"""Component: step 4.3, masks of everything, without prompts."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import mask_component


@mask_component
def make_regions(
    dataset: Input[Dataset],
    split: str,
    back_end: str,
    weights: str,
    config: dict,
    regions: Output[Dataset],
    metrics: Output[Metrics],
):
    """Find all that can be told apart in every image.

    Args:
        dataset: Pointer to the data set.
        split: train, validation or test.
        back_end: Promptable segmenter: sam, onnx or classical; empty for sam with weights,
            classical without.
        weights: Folder or s3:// prefix of its converted weights; empty for none.
        config: Settings of this stage.
        regions: Masks in COCO run-length code.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics, stages.make_regions(dataset.path, split, back_end, weights, config, regions.path)
    )
