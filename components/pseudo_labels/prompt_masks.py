"""Component: steps 4.4, 4.5 and 5.4, 5.5, prompted masks painted with image labels."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import mask_component


@mask_component
def prompt_masks(
    name: str,
    dataset: Input[Dataset],
    split: str,
    back_end: str,
    weights: str,
    label_maps: Input[Dataset],
    prompts: Input[Dataset],
    attention: Input[Dataset],
    image_labels: Input[Dataset],
    config: dict,
    output: Output[Dataset],
    metrics: Output[Metrics],
):
    """Prompt for the objects of every image and paint the masks that come back.

    Args:
        name: Tells the uses of this stage apart: round_1, validation, …
        dataset: Pointer to the data set.
        split: train, validation or test.
        back_end: Promptable segmenter: sam, onnx or classical; empty for sam with weights,
            classical without.
        weights: Folder or s3:// prefix of its converted weights; empty for none.
        label_maps: Where objects are: refined labels, or predictions of the first segmenter.
        prompts: Brightest point of each image.
        attention: Foreground maps.
        image_labels: What to paint: the label of each image.
        config: Settings of this use.
        output: Label maps; pixels that no mask decides may be marked to be left out of the loss.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    figures = stages.prompt_masks(
        name,
        dataset.path,
        split,
        back_end,
        weights,
        label_maps.path,
        prompts.path,
        attention.path,
        image_labels.path,
        config,
        output.path,
    )
    record(metrics, figures)
