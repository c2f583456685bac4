"""Steps 4.4 to 6.2: a round of segmentation, from label maps to a segmenter's predictions."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.masks import PromptConfig
from pass_ops.config.settings import Settings
from pass_ops.paths import (
    AttentionMapsPath,
    InferredLabelsPath,
    PointerPath,
    PredictedMapsPath,
    PretrainedWeightsPath,
    PromptsPath,
    RefinedMapsPath,
    SegmenterWeightsPath,
)
from pass_ops.stages import ChooseCheckpoint, PredictSplit, PromptMasks, TrainSegmenter
from pass_ops.stages.builder import box


class Segmentation(NamedTuple):
    """A round's segmenter, and its label maps."""

    weights: SegmenterWeightsPath
    predicted_maps: PredictedMapsPath


@box
def segmentation(
    *,
    name: str,
    dataset: PointerPath,
    label_maps: RefinedMapsPath | PredictedMapsPath,
    prompts: PromptsPath,
    attention_maps: AttentionMapsPath,
    image_labels: InferredLabelsPath,
    pretrained: PretrainedWeightsPath,
    mask_back_end: str,
    mask_weights: str,
    prompt_config: PromptConfig,
    predicted: str,
    settings: Settings,
) -> Segmentation:
    """Steps 4.4 to 5.3, and 5.4 to 6.2.

    Args:
        name: round_1 or round_2.
        dataset: Pointer to the data set.
        label_maps: Where objects are in the training images: refined labels, then the first
            segmenter's predictions.
        prompts: Brightest point of each training image.
        attention_maps: Foreground maps of the training images.
        image_labels: Label of each training image.
        pretrained: Weights of step 1.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        prompt_config: Settings of this round's prompt_masks.
        predicted: Split that the segmenter labels.
        settings: Of all stages.
    """
    masks = PromptMasks(
        name=name,
        dataset=dataset,
        split="train",
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        label_maps=label_maps,
        prompts=prompts,
        attention_maps=attention_maps,
        image_labels=image_labels,
        config=prompt_config,
    )
    training = TrainSegmenter(
        name=name,
        dataset=dataset,
        painted_maps=masks.painted_maps,
        image_labels=image_labels,
        pretrained=pretrained,
        config=settings.train_segmenter,
    )
    choice = ChooseCheckpoint(
        name=name,
        dataset=dataset,
        checkpoints=training.checkpoints,
        config=settings.choose_checkpoint,
        prediction=settings.predict,
    )
    prediction = PredictSplit(
        name=name,
        dataset=dataset,
        split=predicted,
        weights=choice.weights,
        config=settings.predict,
    )
    return Segmentation(weights=choice.weights, predicted_maps=prediction.predicted_maps)
