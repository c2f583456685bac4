"""Steps 2.4 and 4.3 to 4.5: label maps of one split, from attention and cluster centres to
outlines.
"""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import Settings
from pass_ops.paths import (
    AttentionMapsPath,
    CentroidsPath,
    ClassifierCheckpointsPath,
    ClassifierWeightsPath,
    CoarseMapsPath,
    CrfMapsPath,
    CurvePath,
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
    """Label maps after each step, and what later prompts need."""

    coarse: CoarseMapsPath
    crf: CrfMapsPath
    refined: RefinedMapsPath
    attention: AttentionMapsPath
    prompts: PromptsPath


@box
def pseudo_labels(
    *,
    dataset: PointerPath,
    split: str,
    weights: ClassifierWeightsPath,
    centroids: CentroidsPath,
    curve: CurvePath,
    mask_back_end: str,
    mask_weights: str,
    settings: Settings,
) -> PseudoLabels:
    """Steps 2.4 and 4.3.

    Args:
        dataset: Pointer to the data set.
        split: train, validation or test.
        weights: Classifier h.
        centroids: Cluster centres of its descriptors.
        curve: What the threshold search wrote.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        settings: Of all stages.
    """
    coarse = MakeCoarseLabels(
        dataset=dataset,
        split=split,
        weights=weights,
        centroids=centroids,
        curve=curve,
        config=settings.make_coarse_labels,
    )
    crf = ApplyCrf(
        dataset=dataset, split=split, coarse_maps=coarse.coarse_maps, config=settings.apply_crf
    )
    everything = MakeRegions(
        dataset=dataset,
        split=split,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        config=settings.make_regions,
    )
    refinement = RefineLabels(
        split=split,
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


class MaskSteps(NamedTuple):
    """Label maps after each step of mask making."""

    coarse: CoarseMapsPath
    crf: CrfMapsPath
    refined: RefinedMapsPath
    prompted: PaintedMapsPath


@box
def mask_steps(
    *,
    dataset: PointerPath,
    split: str,
    weights: ClassifierWeightsPath,
    centroids: CentroidsPath,
    curve: CurvePath,
    classifier: ClassifierCheckpointsPath,
    mask_back_end: str,
    mask_weights: str,
    settings: Settings,
) -> MaskSteps:
    """What steps 2.4 to 4.5 make of images that they are not trained on, for measuring what each
    step is worth.

    Args:
        dataset: Pointer to the data set.
        split: validation or test.
        weights: Classifier h.
        centroids: Cluster centres of its descriptors.
        curve: What the threshold search wrote.
        classifier: Checkpoints of classifier c.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        settings: Of all stages.
    """
    maps = pseudo_labels(
        dataset=dataset,
        split=split,
        weights=weights,
        centroids=centroids,
        curve=curve,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        settings=settings,
    )
    classification = ClassifyImages(
        name="c",
        dataset=dataset,
        split=split,
        checkpoints=classifier,
        config=settings.infer_image_labels,
    )
    masks = PromptMasks(
        name=split,
        dataset=dataset,
        split=split,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        label_maps=maps.refined,
        prompts=maps.prompts,
        attention_maps=maps.attention,
        image_labels=classification.labels,
        config=settings.prompt_masks_round_1,
    )
    return MaskSteps(
        coarse=maps.coarse, crf=maps.crf, refined=maps.refined, prompted=masks.painted_maps
    )
