"""Steps 2.4 and 4.3 to 4.5: label maps, from attention and cluster centres to outlines."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import Settings
from pass_ops.data.splits import HELD_OUT
from pass_ops.paths import (
    AttentionMapsPath,
    CentroidsPath,
    ClassifierCheckpointsPath,
    ClassifierWeightsPath,
    CoarseMapsPath,
    CrfMapsPath,
    CurvePath,
    ImageLabelsPath,
    PaintedMapsPath,
    PointerPath,
    PromptsPath,
    RefinedMapsPath,
)
from pass_ops.stages import (
    ApplyCrf,
    ClassifyImages,
    MakeCoarseLabels,
    MakeRegions,
    PromptMasks,
    RefineLabels,
)
from pass_ops.stages.builder import box


class PseudoLabels(NamedTuple):
    """Label maps after each step, and what later prompts need.

    Attributes:
        coarse: label maps from attention and centroids.
        crf: the same after the dense CRF.
        refined: the same with the outlines of masks of everything.
        attention: foreground maps, with each image's distances to all centroids.
        prompts: table of each image's brightest point and label.
    """

    coarse: CoarseMapsPath
    crf: CrfMapsPath
    refined: RefinedMapsPath
    attention: AttentionMapsPath
    prompts: PromptsPath


@box
def pseudo_labels(
    *,
    dataset: PointerPath,
    weights: ClassifierWeightsPath,
    centroids: CentroidsPath,
    curve: CurvePath,
    mask_back_end: str,
    mask_weights: str,
    settings: Settings,
) -> PseudoLabels:
    """Steps 2.4 and 4.3, on the images of all splits: what is made of those held out is measured.

    Args:
        dataset: Pointer to the data set.
        weights: Classifier h.
        centroids: Cluster centres of its descriptors.
        curve: What the threshold search wrote.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        settings: Of all stages.
    """
    coarse = MakeCoarseLabels(
        dataset=dataset,
        weights=weights,
        centroids=centroids,
        curve=curve,
        config=settings.make_coarse_labels,
    )
    crf = ApplyCrf(dataset=dataset, coarse_maps=coarse.coarse_maps, config=settings.apply_crf)
    everything = MakeRegions(
        dataset=dataset,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        config=settings.make_regions,
    )
    refinement = RefineLabels(
        crf_maps=crf.crf_maps,
        regions=everything.regions,
        config=settings.refine_labels,
    )
    return PseudoLabels(
        coarse=coarse.coarse_maps,
        crf=crf.crf_maps,
        refined=refinement.refined_maps,
        attention=coarse.attention_maps,
        prompts=coarse.prompts,
    )


class HeldOutMasks(NamedTuple):
    """Prompted masks of validation and test, and the labels that they were painted with."""

    prompted: PaintedMapsPath
    labels: ImageLabelsPath


@box
def held_out_masks(
    *,
    dataset: PointerPath,
    classifier: ClassifierCheckpointsPath,
    label_maps: RefinedMapsPath,
    prompts: PromptsPath,
    attention_maps: AttentionMapsPath,
    mask_back_end: str,
    mask_weights: str,
    settings: Settings,
) -> HeldOutMasks:
    """What steps 4.4 and 4.5 make of validation and test, for measuring what they are worth.

    Args:
        dataset: Pointer to the data set.
        classifier: Checkpoints of classifier c.
        label_maps: Where objects are: refined labels.
        prompts: Brightest point of each image.
        attention_maps: Foreground maps.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        settings: Of all stages.
    """
    classification = ClassifyImages(
        name="c",
        dataset=dataset,
        split=HELD_OUT,
        checkpoints=classifier,
        config=settings.infer_image_labels,
    )
    masks = PromptMasks(
        name=HELD_OUT,
        dataset=dataset,
        split=HELD_OUT,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        label_maps=label_maps,
        prompts=prompts,
        attention_maps=attention_maps,
        image_labels=classification.labels,
        config=settings.prompt_masks_round_1,
    )
    return HeldOutMasks(prompted=masks.painted_maps, labels=classification.labels)
