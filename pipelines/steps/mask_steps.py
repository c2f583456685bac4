"""Sub-pipeline: label maps of a split after every step of mask making, for measuring what each step
is worth.
"""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Model

from components.pseudo_labels.classify_images import classify_images
from components.pseudo_labels.prompt_masks import prompt_masks
from pipelines.placement.inputs import placed
from pipelines.steps.pseudo_labels import pseudo_labels


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    coarse: Dataset
    crf: Dataset
    refined: Dataset
    prompted: Dataset


@dsl.pipeline(name="mask-steps")
@placed
def mask_steps(
    dataset: Input[Dataset],
    split: str,
    features: Input[Model],
    centroids: Input[Artifact],
    curve: Input[Artifact],
    threshold: float,
    classifier: Input[Artifact],
    mask_back_end: str,
    mask_weights: str,
    coarse_config: dict,
    crf_config: dict,
    regions_config: dict,
    refine_config: dict,
    infer_config: dict,
    prompt_config: dict,
    **placement,
) -> Outputs:
    """What steps 2.4 to 4.5 make of images that they are not trained on.

    Args:
        dataset: Pointer to the data set.
        split: validation or test.
        features: Classifier h.
        centroids: Cluster centres of its descriptors.
        curve: What the threshold search wrote.
        threshold: The attention threshold that it found.
        classifier: Checkpoints of classifier c.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        coarse_config: Settings of make_coarse_labels.
        crf_config: Settings of apply_crf.
        regions_config: Settings of make_regions.
        refine_config: Settings of refine_labels.
        infer_config: Settings of infer_image_labels.
        prompt_config: Settings of round 1's prompt_masks.
    """
    maps = pseudo_labels(
        dataset=dataset,
        split=split,
        weights=features,
        centroids=centroids,
        curve=curve,
        threshold=threshold,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        coarse_config=coarse_config,
        crf_config=crf_config,
        regions_config=regions_config,
        refine_config=refine_config,
        **placement,
    ).outputs
    labels = classify_images(
        name="c", dataset=dataset, split=split, checkpoints=classifier, config=infer_config
    ).outputs["labels"]
    prompted = prompt_masks(
        name=split,
        dataset=dataset,
        split=split,
        back_end=mask_back_end,
        weights=mask_weights,
        label_maps=maps["refined"],
        prompts=maps["prompts"],
        attention=maps["attention"],
        image_labels=labels,
        config=prompt_config,
    ).outputs["output"]
    return Outputs(
        coarse=maps["coarse"], crf=maps["crf"], refined=maps["refined"], prompted=prompted
    )
