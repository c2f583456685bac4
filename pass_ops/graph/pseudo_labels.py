"""Steps 2.4 and 4.3 to 4.5: label maps, from attention and cluster centres to outlines."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import Settings
from pass_ops.paths import (
    AttentionMapsPath,
    CentroidsPath,
    ClassifierWeightsPath,
    CoarseMapsPath,
    CrfMapsPath,
    CurvePath,
    PointerPath,
    PromptsPath,
    RefinedMapsPath,
)
from pass_ops.stages import (
    ApplyCrf,
    MakeCoarseLabels,
    MakeRegions,
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
