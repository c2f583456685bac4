"""Steps 3.1 to 3.3: classifiers, and the image labels that they infer."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.denoising import InferenceConfig
from pass_ops.paths import (
    AttentionWeightsPath,
    ClassifierCheckpointsPath,
    ClassifierWeightsPath,
    ClusterLabelsPath,
    ImageLabelsPath,
    InferredLabelsPath,
    PointerPath,
    SelectedLabelsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import clusters_of, images_of
from pass_ops.stages.shards import shards_of
from pass_ops.tracking.tracker import Tracker


@stage(step="3.1, 3.2", stage_class="train", headline="loss", named_by="name")
class TrainClassifier(Stage):
    """Train all layers, or the last stage and what follows, on image labels.

    Attributes:
        name: Of the classifier: f, g, h, c or d.
        dataset: Pointer to the data set.
        labels: Labels to learn, of all training images or of a selection.
        weights: Network of step 2.1, from which training starts.
        config: Settings of this classifier.
        checkpoints: Weights of the last epochs, over which labels and losses are averaged.
        last: Weights of the last epoch.
    """

    name: str
    dataset: PointerPath
    labels: ClusterLabelsPath | SelectedLabelsPath
    weights: AttentionWeightsPath
    config: ClassifierConfig
    checkpoints: ClassifierCheckpointsPath = field(init=False)
    last: ClassifierWeightsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.denoising.classifier import train_classifier

        return train_classifier(
            name=self.name,
            images=images_of(self.dataset, "train"),
            targets=self.labels,
            weights=self.weights,
            clusters=clusters_of(self.dataset),
            config=self.config,
            checkpoints=self.checkpoints,
            last=self.last,
            tracker=tracker,
        )


@stage(step="3.1, 3.3", stage_class="infer", headline="changed", named_by="name")
class InferImageLabels(Stage):
    """Classify every training image and its mirror image; judge the labels that it had.

    Attributes:
        name: Of the classifier: f, g, h, c or d.
        dataset: Pointer to the data set.
        checkpoints: Of the classifier's last epochs.
        given: Labels of all training images so far.
        config: Settings of this stage.
        labels: New label of each image, its confidence, and the loss of the label so far.
    """

    name: str
    dataset: PointerPath
    checkpoints: ClassifierCheckpointsPath
    given: ClusterLabelsPath | InferredLabelsPath
    config: InferenceConfig
    labels: InferredLabelsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.denoising.infer import infer_image_labels

        with shards_of(self, self.labels) as shards:
            return infer_image_labels(
                name=self.name,
                images=images_of(self.dataset, "train"),
                checkpoints=self.checkpoints,
                given=self.given,
                config=self.config,
                labels=self.labels,
                tracker=tracker,
                shards=shards,
            )


@stage(step="", stage_class="infer", headline="confidence", named_by="split")
class ClassifyImages(Stage):
    """Classify every image of a split and its mirror image, for measuring the masks.

    Attributes:
        name: Of the classifier: f, g, h, c or d.
        dataset: Pointer to the data set.
        split: train, validation, test or held_out.
        checkpoints: Of the classifier's last epochs.
        config: Settings of infer_image_labels.
        labels: Label and confidence of each image.
    """

    name: str
    dataset: PointerPath
    split: str
    checkpoints: ClassifierCheckpointsPath
    config: InferenceConfig
    labels: ImageLabelsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.denoising.infer import classify_images

        with shards_of(self, self.labels) as shards:
            return classify_images(
                name=self.name,
                images=images_of(self.dataset, self.split),
                checkpoints=self.checkpoints,
                config=self.config,
                labels=self.labels,
                tracker=tracker,
                shards=shards,
            )
