"""Results and reports."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from pass_ops.config.segmentation import CheckpointChoiceConfig, PredictionConfig
from pass_ops.config.settings import RunInfo
from pass_ops.paths import (
    BaselinesPath,
    ClusterCurvePath,
    ClusterLabelsPath,
    CurvePath,
    LabelQualityPath,
    LearningPath,
    MarkdownPath,
    MaskQualityPath,
    ModelPath,
    PagePath,
    PointerPath,
    ResultPath,
    SegmenterWeightsPath,
    TestEvaluationPath,
    ValidationEvaluationPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import images_of
from pass_ops.tracking.tracker import Tracker

if TYPE_CHECKING:
    from pass_ops.evaluation.report.result import Result


@stage(step="", stage_class="post", headline="validation/miou", cached=False)
class Report(Stage):
    """Collect what all stages measured into one result and one report; export the model.

    Attributes:
        run_info: Profile, data, seed, compat, mask back end.
        choice: Settings of the checkpoint choice.
        prediction: Settings of the prediction stage.
        dataset: Pointer to the data set.
        validation: Evaluation on validation.
        test: Evaluation on test.
        learning: What the features know.
        label_quality: Accuracy of the image labels after each step.
        mask_quality: Scores of the label maps after each step.
        baselines: Scores without training.
        cluster_curve: How many clusters, and why.
        curve: Scores at every threshold.
        labels: Cluster of each training image.
        weights: The model that was scored.
        result: result.json of the run.
        page: Report for people.
        summary: Its tables.
        model: The model, for use elsewhere.
    """

    run_info: RunInfo
    choice: CheckpointChoiceConfig
    prediction: PredictionConfig
    dataset: PointerPath
    validation: ValidationEvaluationPath
    test: TestEvaluationPath
    learning: LearningPath
    label_quality: LabelQualityPath
    mask_quality: MaskQualityPath
    baselines: BaselinesPath
    cluster_curve: ClusterCurvePath
    curve: CurvePath
    labels: ClusterLabelsPath
    weights: SegmenterWeightsPath
    result: ResultPath = field(init=False)
    page: PagePath = field(init=False)
    summary: MarkdownPath = field(init=False)
    model: ModelPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.evaluation.report.summarise import summarise

        summary = summarise(
            run=self.run_info,
            checkpoint_choice=self.choice,
            validation=self.validation,
            test=self.test,
            learning=self.learning,
            label_quality=self.label_quality,
            mask_quality=self.mask_quality,
            baselines=self.baselines,
            cluster_curve=self.cluster_curve,
            curve=self.curve,
            train=images_of(self.dataset, "train"),
            labels=self.labels,
            result=self.result,
            page=self.page,
            markdown=self.summary,
        )
        # Here, as ONNX and its runtime take half a second of processor time to import.
        from pass_ops.data.pointer import DatasetPointer
        from pass_ops.export.export_model import export_model
        from pass_ops.export.registration import register_model
        from pass_ops.export.repetitions import scores_by_seed

        export_model(
            weights=self.weights,
            prediction=self.prediction,
            dataset=DatasetPointer.load(self.dataset),
            result=summary,
            scores_by_seed=scores_by_seed(self.run_info, summary, tracker.parent),
            validation=self.validation,
            test=self.test,
            model=self.model,
        )
        register_model(self.model, tracker.parent)
        return _show(self, summary, tracker)


@stage(step="", stage_class="post", headline="validation/miou", cached=False)
class ReportEvaluation(Stage):
    """Collect the scores of a model, which was not trained in this run, on both splits.

    Attributes:
        run_info: Profile, data, seed, compat.
        model_uri: The model, as it was named.
        weights: The model; its card says what made its masks.
        baselines: Scores without training.
        validation: Evaluation on validation.
        test: Evaluation on test.
        result: result.json of the run.
        page: Report for people.
        summary: Its tables.
    """

    run_info: RunInfo
    model_uri: str
    weights: SegmenterWeightsPath
    baselines: BaselinesPath
    validation: ValidationEvaluationPath
    test: TestEvaluationPath
    result: ResultPath = field(init=False)
    page: PagePath = field(init=False)
    summary: MarkdownPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.evaluation.report.summarise import summarise_evaluation

        summary = summarise_evaluation(
            run=self.run_info,
            model=self.model_uri,
            weights=self.weights,
            baselines=self.baselines,
            validation=self.validation,
            test=self.test,
            result=self.result,
            page=self.page,
            markdown=self.summary,
        )
        return _show(self, summary, tracker)


def _show(use: Report | ReportEvaluation, summary: Result, tracker: Tracker) -> Metrics:
    """Let the pipeline's run in MLflow open with the result; the result's metrics.

    Args:
        use: whose outputs are written.
        summary: the result.
        tracker: of the stage.
    """
    from pass_ops.evaluation.report.mlflow_page import ResultFiles, show_result

    files = ResultFiles(
        result=use.result,
        page=use.page,
        weights=use.weights,
        validation=use.validation,
        test=use.test,
        registered=isinstance(use, Report),
    )
    show_result(summary, files, tracker.parent)
    return summary.scores()
