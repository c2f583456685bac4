"""Steps 4.3 to 4.5, and 5.4 to 5.5: better outlines for label maps of any split."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.masks import CrfConfig, PromptConfig, RefinementConfig, RegionsConfig
from pass_ops.data.splits import EVERY
from pass_ops.engine.stage import data_cache
from pass_ops.paths import (
    AttentionMapsPath,
    CoarseMapsPath,
    CrfMapsPath,
    ImageLabelsPath,
    PaintedMapsPath,
    PointerPath,
    PredictedMapsPath,
    PromptsPath,
    RefinedMapsPath,
    RegionsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import images_of
from pass_ops.stages.shards import shards_of
from pass_ops.tracking.tracker import Tracker


@stage(step="4.3", stage_class="post", headline="changed")
class ApplyCrf(Stage):
    """Move the borders of coarse labels to those of the image's colours.

    Attributes:
        dataset: Pointer to the data set.
        coarse_maps: Coarse labels.
        config: Settings of this stage.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        crf_maps: Label maps.
    """

    dataset: PointerPath
    coarse_maps: CoarseMapsPath
    config: CrfConfig
    share: str = ""
    crf_maps: CrfMapsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.crf import apply_crf

        with shards_of(self, self.crf_maps) as shards:
            return apply_crf(
                images=images_of(self.dataset, EVERY),
                coarse_maps=self.coarse_maps,
                config=self.config,
                crf_maps=self.crf_maps,
                tracker=tracker,
                shards=shards,
            )


@stage(step="4.3", stage_class="infer", headline="regions")
class MakeRegions(Stage):
    """Find all that can be told apart in every image, without prompts.

    Attributes:
        dataset: Pointer to the data set.
        mask_back_end: Promptable segmenter: sam, onnx or classical; empty for sam with weights,
            classical without.
        mask_weights: Folder or s3:// prefix of its converted weights; empty for none.
        config: Settings of this stage.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        regions: Masks in COCO run-length code.
    """

    dataset: PointerPath
    mask_back_end: str
    mask_weights: str
    config: RegionsConfig
    share: str = ""
    regions: RegionsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.everything import make_regions
        from pass_ops.sam.fetch import fetch_segmenter

        with shards_of(self, self.regions) as shards:
            return make_regions(
                images=images_of(self.dataset, EVERY),
                segmenter=fetch_segmenter(
                    name=self.mask_back_end,
                    weights=self.mask_weights,
                    cache=data_cache(),
                    automatic=self.config.automatic,
                )
                if self.config.enabled
                else None,
                config=self.config,
                regions=self.regions,
                tracker=tracker,
                shards=shards,
            )


@stage(step="4.3", stage_class="post", headline="changed")
class RefineLabels(Stage):
    """Give label maps the outlines of masks.

    Attributes:
        crf_maps: Labels after CRF.
        regions: Masks of the same images.
        config: Settings of this stage.
        refined_maps: Label maps.
    """

    crf_maps: CrfMapsPath
    regions: RegionsPath
    config: RefinementConfig
    refined_maps: RefinedMapsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.refinement import refine_labels

        with shards_of(self, self.refined_maps) as shards:
            return refine_labels(
                crf_maps=self.crf_maps,
                regions=self.regions,
                config=self.config,
                refined_maps=self.refined_maps,
                tracker=tracker,
                shards=shards,
            )


@stage(step="4.4, 4.5, 5.4, 5.5", stage_class="infer", headline="foreground", named_by="name")
class PromptMasks(Stage):
    """Prompt for the objects of every image and paint the masks that come back.

    Attributes:
        name: Tells the uses of this stage apart: round_1, validation, …
        dataset: Pointer to the data set.
        split: train, validation, test or held_out.
        mask_back_end: Promptable segmenter: sam, onnx or classical; empty for sam with weights,
            classical without.
        mask_weights: Folder or s3:// prefix of its converted weights; empty for none.
        label_maps: Where objects are: refined labels, or predictions of the first segmenter.
        prompts: Brightest point of each image.
        attention_maps: Foreground maps.
        image_labels: What to paint: the label of each image.
        config: Settings of this use.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        painted_maps: Label maps; pixels that no mask decides may be marked to be left out of the
            loss.
    """

    name: str
    dataset: PointerPath
    split: str
    mask_back_end: str
    mask_weights: str
    label_maps: RefinedMapsPath | PredictedMapsPath
    prompts: PromptsPath
    attention_maps: AttentionMapsPath
    image_labels: ImageLabelsPath
    config: PromptConfig
    share: str = ""
    painted_maps: PaintedMapsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.prompts.prompt_masks import prompt_masks
        from pass_ops.sam.fetch import fetch_segmenter

        with shards_of(self, self.painted_maps) as shards:
            return prompt_masks(
                images=images_of(self.dataset, self.split),
                segmenter=fetch_segmenter(
                    name=self.mask_back_end, weights=self.mask_weights, cache=data_cache()
                ),
                label_maps=self.label_maps,
                prompts=self.prompts,
                attention_maps=self.attention_maps,
                image_labels=self.image_labels,
                config=self.config,
                painted_maps=self.painted_maps,
                tracker=tracker,
                shards=shards,
            )
