"""Steps 5.1 to 5.3, 6.1 and 6.2."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.segmentation import (
    CheckpointChoiceConfig,
    CompletionConfig,
    PredictionConfig,
    SegmentationConfig,
)
from pass_ops.data.splits import parts_of
from pass_ops.paths import (
    CompletedMapsPath,
    ImageLabelsPath,
    InferredLabelsPath,
    PaintedMapsPath,
    PointerPath,
    PredictedMapsPath,
    PretrainedWeightsPath,
    SegmenterCheckpointsPath,
    SegmenterWeightsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import clusters_of, images_of, truth_of
from pass_ops.stages.shards import shards_of
from pass_ops.tracking.tracker import Tracker


@stage(step="5.1, 6.1", stage_class="train", headline="loss", named_by="name")
class TrainSegmenter(Stage):
    """Train a segmenter on pseudo-labels.

    Attributes:
        name: Tells the rounds apart: round_1, round_2.
        dataset: Pointer to the data set.
        painted_maps: Pseudo-labels of the training split.
        image_labels: Labels of the training images, whose confidence can weigh them.
        pretrained: Weights of step 1.
        config: Settings of this stage.
        checkpoints: Weights after every so many epochs.
    """

    name: str
    dataset: PointerPath
    painted_maps: PaintedMapsPath
    image_labels: InferredLabelsPath
    pretrained: PretrainedWeightsPath
    config: SegmentationConfig
    checkpoints: SegmenterCheckpointsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.segmentation.train_segmenter import train_segmenter

        return train_segmenter(
            images=images_of(self.dataset, "train"),
            pseudo_labels=self.painted_maps,
            weights=self.pretrained,
            image_labels=self.image_labels,
            clusters=clusters_of(self.dataset),
            config=self.config,
            checkpoints=self.checkpoints,
            tracker=tracker,
        )


@stage(step="5.2", stage_class="infer", headline="validation/miou", named_by="name")
class ChooseCheckpoint(Stage):
    """Score every checkpoint on validation and keep one.

    Attributes:
        name: Tells the rounds apart: round_1, round_2.
        dataset: Pointer to the data set.
        checkpoints: What the training kept.
        config: Settings of this stage.
        prediction: Settings of the prediction stage.
        share: Part of the checkpoints that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        weights: The chosen checkpoint.
    """

    name: str
    dataset: PointerPath
    checkpoints: SegmenterCheckpointsPath
    config: CheckpointChoiceConfig
    prediction: PredictionConfig
    share: str = ""
    weights: SegmenterWeightsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.segmentation.choose import choose_checkpoint

        with shards_of(self, self.weights) as shards:
            return choose_checkpoint(
                images=images_of(self.dataset, "validation"),
                truth=truth_of(self.dataset, "validation"),
                checkpoints=self.checkpoints,
                prediction=self.prediction,
                config=self.config,
                weights=self.weights,
                tracker=tracker,
                shards=shards,
            )


@stage(
    step="5.3, 6.2",
    stage_class="infer",
    headline="foreground",
    named_by="name",
    run_as="predict",
)
class PredictSplit(Stage):
    """Label every image of a split.

    Attributes:
        name: round_1, round_2, or held_out in the evaluation pipeline.
        dataset: Pointer to the data set.
        split: train, validation, test, held_out or every.
        weights: A segmenter.
        config: Settings of this stage.
        share: Part of the images that this task works on and keeps, 3/8 for the third of eight
            that share them; empty to write all.
        predicted_maps: Labels: 0 background, else cluster id + 1.
    """

    name: str
    dataset: PointerPath
    split: str
    weights: SegmenterWeightsPath
    config: PredictionConfig
    share: str = ""
    predicted_maps: PredictedMapsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.pseudo_labels.guarded_crf import GuardedCrf
        from pass_ops.segmentation.predict import BorderField, predict

        field, trained = None, "train" in parts_of(self.split)
        if self.config.field is not None:
            field = BorderField(
                GuardedCrf(self.config.field, self.config.max_shrinkage),
                exempt=images_of(self.dataset, "train").keys if trained else (),
            )
        with shards_of(self, self.predicted_maps) as shards:
            return predict(
                images=images_of(self.dataset, self.split),
                weights=self.weights,
                config=self.config,
                field=field,
                label_maps=self.predicted_maps,
                shards=shards,
            )


@stage(step="6.2", stage_class="post", headline="changed")
class CompletePredictions(Stage):
    """Give a segmenter's predictions the outlines of prompted masks, and classes of both.

    Attributes:
        predicted_maps: A segmenter's label maps.
        earlier_maps: Those of the round before, of these images and others.
        painted_maps: Prompted masks of the same images.
        labels: Those that they were painted with, whose confidence counts.
        config: Settings of this stage.
        completed_maps: Labels: 0 background, else cluster id + 1.
    """

    predicted_maps: PredictedMapsPath
    earlier_maps: PredictedMapsPath
    painted_maps: PaintedMapsPath
    labels: ImageLabelsPath
    config: CompletionConfig
    completed_maps: CompletedMapsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.segmentation.complete import complete_predictions

        return complete_predictions(
            predicted_maps=self.predicted_maps,
            earlier_maps=self.earlier_maps,
            painted_maps=self.painted_maps,
            image_labels=self.labels,
            config=self.config,
            completed_maps=self.completed_maps,
            tracker=tracker,
        )
