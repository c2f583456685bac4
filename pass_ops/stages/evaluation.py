"""Step 6.2: scores, and what needs no training to be scored."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.paths import (
    BaselinesPath,
    CompletedMapsPath,
    ConfusionPath,
    EvaluationPath,
    ExportedPath,
    MarkdownPath,
    PagePath,
    PointerPath,
    PredictedMapsPath,
    TestEvaluationPath,
    ValidationEvaluationPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import images_of, truth_of
from pass_ops.storage.atomic import copy_file
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker


@stage(step="6.2", stage_class="post", headline="validation/miou")
class EvaluateValidation(Stage):
    """Match clusters to classes on validation, and score the predictions there.

    Attributes:
        dataset: Pointer to the data set.
        predicted_maps: Labels of every image.
        config: Settings of this stage.
        evaluation: Metrics, match.json, pictures.
        exported: Predictions in the ImageNet-S layout.
        confusion: Where each class's pixels went.
        page: Overlays, bars, confusion matrix.
        summary: Table of all metrics.
    """

    dataset: PointerPath
    predicted_maps: PredictedMapsPath | CompletedMapsPath
    config: EvaluationConfig
    evaluation: ValidationEvaluationPath = field(init=False)
    exported: ExportedPath = field(init=False)
    confusion: ConfusionPath = field(init=False)
    page: PagePath = field(init=False)
    summary: MarkdownPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        return _evaluate(use=self, split="validation", matching=None, tracker=tracker)


@stage(step="6.2", stage_class="post", headline="test/miou")
class EvaluateTest(Stage):
    """Score predictions on test with the matching found on validation.

    Attributes:
        dataset: Pointer to the data set.
        predicted_maps: Labels of every image.
        matching: What evaluate_validation wrote.
        config: Settings of this stage.
        evaluation: Metrics, match.json, pictures.
        exported: Predictions in the ImageNet-S layout.
        confusion: Where each class's pixels went.
        page: Overlays, bars, confusion matrix.
        summary: Table of all metrics.
    """

    dataset: PointerPath
    predicted_maps: PredictedMapsPath | CompletedMapsPath
    matching: ValidationEvaluationPath
    config: EvaluationConfig
    evaluation: TestEvaluationPath = field(init=False)
    exported: ExportedPath = field(init=False)
    confusion: ConfusionPath = field(init=False)
    page: PagePath = field(init=False)
    summary: MarkdownPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        return _evaluate(use=self, split="test", matching=self.matching, tracker=tracker)


def _evaluate(
    *,
    use: EvaluateValidation | EvaluateTest,
    split: str,
    matching: ValidationEvaluationPath | None,
    tracker: Tracker,
) -> Metrics:
    """Score the predictions of `split`, and copy what the KFP UI shows to artifacts of their own.

    Args:
        use: whose inputs are read and outputs written.
        split: validation or test.
        matching: evaluation whose matching is used; None finds one on the split itself.
        tracker: of the stage.
    """
    from pass_ops.evaluation.files import CONFUSION, SCORES_TABLE, SPLIT_PAGE
    from pass_ops.evaluation.report.evaluate_split import evaluate_split

    metrics = evaluate_split(
        split=split,
        images=images_of(use.dataset, split),
        truth=truth_of(use.dataset, split),
        predictions=use.predicted_maps,
        config=use.config,
        matching=matching,
        evaluation=EvaluationPath(use.evaluation),
        exported=use.exported,
        tracker=tracker,
    )
    copies = (
        (CONFUSION, use.confusion, ConfusionPath),
        (SPLIT_PAGE, use.page, PagePath),
        (SCORES_TABLE, use.summary, MarkdownPath),
    )
    for name, target, kind in copies:
        copy_file(use.evaluation / name, target, form_of(kind))
    return metrics


@stage(step="", stage_class="post", headline="ellipse_colour/validation/miou")
class MeasureBaselines(Stage):
    """Score predictions that need no training, to read a run's metrics beside.

    Attributes:
        dataset: Pointer to the data set.
        baselines: Scores by baseline and split.
    """

    dataset: PointerPath
    baselines: BaselinesPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.evaluation.diagnostics.baselines import Split
        from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines

        splits = {
            split: Split(images_of(self.dataset, split), truth_of(self.dataset, split))
            for split in ("validation", "test")
        }
        return measure_baselines(images_of(self.dataset, "train"), splits, self.baselines)
