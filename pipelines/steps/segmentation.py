"""Sub-pipeline: one round of segmentation, from label maps to prompted masks to a segmenter."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Dataset, Input, Model

from components.pseudo_labels.prompt_masks import prompt_masks
from components.segmentation.choose_checkpoint import choose_checkpoint
from components.segmentation.train_segmenter import train_segmenter
from pipelines.placement.inputs import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    weights: Model


@dsl.pipeline(name="segmentation")
@placed
def segmentation(
    name: str,
    dataset: Input[Dataset],
    label_maps: Input[Dataset],
    prompts: Input[Dataset],
    attention: Input[Dataset],
    image_labels: Input[Dataset],
    pretrained: Input[Model],
    mask_back_end: str,
    mask_weights: str,
    prompt_config: dict,
    train_config: dict,
    choice_config: dict,
    predict_config: dict,
    **_placement,
) -> Outputs:
    """Steps 4.4 to 5.2, and 5.4 to 6.1.

    Args:
        name: round_1 or round_2.
        dataset: Pointer to the data set.
        label_maps: Where objects are in the training images: refined labels, then the first
            segmenter's predictions.
        prompts: Brightest point of each training image.
        attention: Foreground maps of the training images.
        image_labels: Label of each training image.
        pretrained: Weights of step 1.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        prompt_config: Settings of this round's prompt_masks.
        train_config: Settings of train_segmenter.
        choice_config: Settings of choose_checkpoint.
        predict_config: Settings of predict.
    """
    painted = prompt_masks(
        name=name,
        dataset=dataset,
        split="train",
        back_end=mask_back_end,
        weights=mask_weights,
        label_maps=label_maps,
        prompts=prompts,
        attention=attention,
        image_labels=image_labels,
        config=prompt_config,
    ).outputs
    trained = train_segmenter(
        name=name,
        dataset=dataset,
        label_maps=painted["output"],
        image_labels=image_labels,
        pretrained=pretrained,
        config=train_config,
    ).outputs
    chosen = choose_checkpoint(
        name=name,
        dataset=dataset,
        checkpoints=trained["checkpoints"],
        config=choice_config,
        prediction=predict_config,
    ).outputs
    return Outputs(weights=chosen["weights"])
