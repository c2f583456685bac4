"""What features, image labels and label maps are worth after each step. Reads class folders and
masks, so nothing of it feeds training (method 0.5).
"""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.evaluation import DiagnosisConfig
from pass_ops.paths import (
    AttentionWeightsPath,
    ClusterLabelsPath,
    CoarseMapsPath,
    CompletedMapsPath,
    CrfMapsPath,
    InferredLabelsPath,
    InitialWeightsPath,
    LabelQualityPath,
    LearningPath,
    MarkdownPath,
    MaskQualityPath,
    PaintedMapsPath,
    PointerPath,
    PredictedMapsPath,
    PretrainedWeightsPath,
    RefinedMapsPath,
    SelectedLabelsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import images_of, truth_of
from pass_ops.stages.shards import shards_of
from pass_ops.tracking.tracker import Tracker


@stage(step="", stage_class="infer", headline="pixel_attention/validation/knn_accuracy")
class Diagnose(Stage):
    """Judge the features of three networks by k-means and nearest neighbours.

    Attributes:
        dataset: Pointer to the data set.
        untrained: Weights before the first step.
        pretrained: Weights of step 1.
        attention: Weights of step 2.1.
        config: Settings of this stage.
        learning: Accuracies of the three.
    """

    dataset: PointerPath
    untrained: InitialWeightsPath
    pretrained: PretrainedWeightsPath
    attention: AttentionWeightsPath
    config: DiagnosisConfig
    learning: LearningPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.evaluation.diagnostics.diagnose import diagnose

        train, validation = (
            (images_of(self.dataset, split), truth_of(self.dataset, split))
            for split in ("train", "validation")
        )
        with shards_of(self, self.learning) as shards:
            return diagnose(
                train=train,
                validation=validation,
                untrained=self.untrained,
                pretrained=self.pretrained,
                attention=self.attention,
                config=self.config,
                learning=self.learning,
                tracker=tracker,
                shards=shards,
            )


@stage(step="", stage_class="post", headline="after_d/train/accuracy")
class DiagnoseLabels(Stage):
    """Compare image labels with class folders after every step.

    Attributes:
        dataset: Pointer to the data set.
        clustering_1: Labels of clustering 1.
        classifier_f: Labels that f infers.
        selected_f: What small loss under f keeps.
        classifier_g: Labels that g infers.
        selected_g: What small loss under g keeps.
        classifier_h: Labels that h infers.
        clustering_2: Labels of clustering 2.
        selected_2: What distances in clustering 2 keep.
        classifier_c: Labels that c infers, those of round 1.
        clustering_3: Labels of clustering 3.
        selected_3: What distances in clustering 3 keep.
        classifier_d: Labels that d infers, those of round 2.
        quality: Images, coverage, accuracy and NMI of each step, as JSON.
        table: The same for people.
    """

    dataset: PointerPath
    clustering_1: ClusterLabelsPath
    classifier_f: InferredLabelsPath
    selected_f: SelectedLabelsPath
    classifier_g: InferredLabelsPath
    selected_g: SelectedLabelsPath
    classifier_h: InferredLabelsPath
    clustering_2: ClusterLabelsPath
    selected_2: SelectedLabelsPath
    classifier_c: InferredLabelsPath
    clustering_3: ClusterLabelsPath
    selected_3: SelectedLabelsPath
    classifier_d: InferredLabelsPath
    quality: LabelQualityPath = field(init=False)
    table: MarkdownPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.evaluation.diagnostics.diagnose_labels import diagnose_labels

        return diagnose_labels(
            truth=truth_of(self.dataset, "train"),
            steps={
                "clustering 1": self.clustering_1,
                "after f": self.classifier_f,
                "selected by f": self.selected_f,
                "after g": self.classifier_g,
                "selected by g": self.selected_g,
                "after h": self.classifier_h,
                "clustering 2": self.clustering_2,
                "selected by distance": self.selected_2,
                "after c": self.classifier_c,
                "clustering 3": self.clustering_3,
                "selected by distance again": self.selected_3,
                "after d": self.classifier_d,
            },
            quality=self.quality,
            markdown=self.table,
            tracker=tracker,
        )


@stage(step="", stage_class="post", headline="completed/test/miou")
class DiagnoseMasks(Stage):
    """Score the label maps of every step; its clusters are matched to classes on validation.

    Attributes:
        dataset: Pointer to the data set.
        coarse: Coarse labels of validation and test.
        crf: Labels after CRF of the same images.
        refined: Labels after refinement of the same images.
        prompted: Prompted masks of the same images.
        round_1: Predictions of the first segmenter of the same images.
        round_2: Predictions of the second segmenter of the same images.
        completed: The same with prompted masks, where the settings say so.
        quality: mIoU of both splits, boundary mIoU and F of each step, as JSON.
        table: The same for people.
    """

    dataset: PointerPath
    coarse: CoarseMapsPath
    crf: CrfMapsPath
    refined: RefinedMapsPath
    prompted: PaintedMapsPath
    round_1: PredictedMapsPath
    round_2: PredictedMapsPath
    completed: CompletedMapsPath
    quality: MaskQualityPath = field(init=False)
    table: MarkdownPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.evaluation.diagnostics.diagnose_masks import diagnose_masks
        from pass_ops.evaluation.report.result import ALONE, COMPLETED

        return diagnose_masks(
            validation=truth_of(self.dataset, "validation"),
            test=truth_of(self.dataset, "test"),
            steps={
                "coarse labels": self.coarse,
                "+ CRF": self.crf,
                "+ refinement": self.refined,
                "prompted masks": self.prompted,
                "round 1": self.round_1,
                ALONE: self.round_2,
                COMPLETED: self.completed,
            },
            quality=self.quality,
            markdown=self.table,
            tracker=tracker,
        )
