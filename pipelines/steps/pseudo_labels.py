"""Sub-pipeline: label maps of one split, from attention and cluster centres to outlines."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Model

from components.pseudo_labels.apply_crf import apply_crf
from components.pseudo_labels.make_coarse_labels import make_coarse_labels
from components.pseudo_labels.make_regions import make_regions
from components.pseudo_labels.refine_labels import refine_labels
from pipelines.placement.inputs import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    coarse: Dataset
    crf: Dataset
    refined: Dataset
    attention: Dataset
    prompts: Dataset


@dsl.pipeline(name="pseudo-labels")
@placed
def pseudo_labels(
    dataset: Input[Dataset],
    split: str,
    weights: Input[Model],
    centroids: Input[Artifact],
    curve: Input[Artifact],
    threshold: float,
    mask_back_end: str,
    mask_weights: str,
    coarse_config: dict,
    crf_config: dict,
    regions_config: dict,
    refine_config: dict,
    **_placement,
) -> Outputs:
    """Steps 2.4 and 4.3.

    Args:
        dataset: Pointer to the data set.
        split: train, validation or test.
        weights: Classifier h.
        centroids: Cluster centres of its descriptors.
        curve: What the threshold search wrote.
        threshold: The attention threshold that it found.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        coarse_config: Settings of make_coarse_labels.
        crf_config: Settings of apply_crf.
        regions_config: Settings of make_regions.
        refine_config: Settings of refine_labels.
    """
    coarse = make_coarse_labels(
        dataset=dataset,
        split=split,
        weights=weights,
        centroids=centroids,
        curve=curve,
        threshold=threshold,
        config=coarse_config,
    ).outputs
    crf = apply_crf(
        dataset=dataset, split=split, label_maps=coarse["label_maps"], config=crf_config
    ).outputs
    regions = make_regions(
        dataset=dataset,
        split=split,
        back_end=mask_back_end,
        weights=mask_weights,
        config=regions_config,
    ).outputs
    refined = refine_labels(
        split=split, label_maps=crf["output"], regions=regions["regions"], config=refine_config
    ).outputs
    return Outputs(
        coarse=coarse["label_maps"],
        crf=crf["output"],
        refined=refined["output"],
        attention=coarse["attention"],
        prompts=coarse["prompts"],
    )
