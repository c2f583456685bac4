"""Steps 2.3 and 2.4: the attention threshold, and coarse labels."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.pseudo_labels import CoarseLabelsConfig, ThresholdConfig
from pass_ops.data.splits import EVERY
from pass_ops.paths import (
    AttentionMapsPath,
    CentroidsPath,
    ClassifierWeightsPath,
    CoarseMapsPath,
    CurvePath,
    PointerPath,
    PromptsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import images_of, truth_of
from pass_ops.stages.shards import shards_of
from pass_ops.tracking.tracker import Tracker


@stage(step="2.3", stage_class="infer", headline="validation/miou")
class SearchThreshold(Stage):
    """Find the attention threshold with the best mIoU on validation masks.

    Attributes:
        dataset: Pointer to the data set.
        weights: Classifier h, whose features and attention are read.
        centroids: Cluster centres of its descriptors.
        config: Settings of this stage.
        curve: Scores at every threshold, and the one that is used.
    """

    dataset: PointerPath
    weights: ClassifierWeightsPath
    centroids: CentroidsPath
    config: ThresholdConfig
    curve: CurvePath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.threshold import search_threshold

        with shards_of(self, self.curve) as shards:
            return search_threshold(
                images=images_of(self.dataset, "validation"),
                truth=truth_of(self.dataset, "validation"),
                weights=self.weights,
                centroids=self.centroids,
                config=self.config,
                curve=self.curve,
                tracker=tracker,
                shards=shards,
            )


@stage(step="2.4", stage_class="infer", headline="foreground")
class MakeCoarseLabels(Stage):
    """Label the pixels of every image, and find its brightest point.

    Attributes:
        dataset: Pointer to the data set.
        weights: Classifier h, whose features and attention are read.
        centroids: Cluster centres of its descriptors.
        curve: What the threshold search wrote; its threshold is used unless the settings name one.
        config: Settings of this stage.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        coarse_maps: Pixel labels: 0 background, else cluster id + 1.
        attention_maps: Foreground maps.
        prompts: Brightest point and label of each image.
    """

    dataset: PointerPath
    weights: ClassifierWeightsPath
    centroids: CentroidsPath
    curve: CurvePath
    config: CoarseLabelsConfig
    share: str = ""
    coarse_maps: CoarseMapsPath = field(init=False)
    attention_maps: AttentionMapsPath = field(init=False)
    prompts: PromptsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.coarse import make_coarse_labels

        with shards_of(self, self.coarse_maps) as shards:
            return make_coarse_labels(
                images=images_of(self.dataset, EVERY),
                weights=self.weights,
                centroids=self.centroids,
                curve=self.curve,
                config=self.config,
                coarse_maps=self.coarse_maps,
                attention_maps=self.attention_maps,
                prompts=self.prompts,
                tracker=tracker,
                shards=shards,
            )
