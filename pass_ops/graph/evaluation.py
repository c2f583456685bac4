"""Step 6.2: scores of a segmenter; the evaluation of a registered one."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import RunInfo, Settings
from pass_ops.data.splits import HELD_OUT
from pass_ops.paths import (
    CompletedMapsPath,
    ExportedPath,
    PagePath,
    PointerPath,
    PredictedMapsPath,
    ResultPath,
    TestEvaluationPath,
    ValidationEvaluationPath,
)
from pass_ops.stages import (
    EvaluateTest,
    EvaluateValidation,
    FetchModel,
    MeasureBaselines,
    PredictSplit,
    ReportEvaluation,
    ValidateData,
)
from pass_ops.stages.builder import box


class Evaluation(NamedTuple):
    """What step 6.2 hands on.

    Attributes:
        validation, test: scores and pictures; that of validation has the matching, too.
        validation_predictions, test_predictions: label maps in the ImageNet-S layout.
    """

    validation: ValidationEvaluationPath
    test: TestEvaluationPath
    validation_predictions: ExportedPath
    test_predictions: ExportedPath


@box
def evaluation(
    *,
    dataset: PointerPath,
    predicted_maps: PredictedMapsPath | CompletedMapsPath,
    settings: Settings,
) -> Evaluation:
    """Step 6.2 and the benchmark's metrics; the matching of validation serves test.

    Args:
        dataset: Pointer to the data set.
        predicted_maps: Label maps of validation and test.
        settings: Of all stages.
    """
    validation = EvaluateValidation(
        dataset=dataset, predicted_maps=predicted_maps, config=settings.evaluate
    )
    test = EvaluateTest(
        dataset=dataset,
        predicted_maps=predicted_maps,
        matching=validation.evaluation,
        config=settings.evaluate,
    )
    return Evaluation(
        validation=validation.evaluation,
        test=test.evaluation,
        validation_predictions=validation.exported,
        test_predictions=test.exported,
    )


class RunOutputs(NamedTuple):
    """What the evaluation pipeline hands on.

    Attributes:
        result: `result.json`: what was measured, with what, and every score.
        report: page for people.
        validation_predictions, test_predictions: label maps in the ImageNet-S layout.
    """

    result: ResultPath
    report: PagePath
    validation_predictions: ExportedPath
    test_predictions: ExportedPath


def model_evaluation(
    *, model_uri: str, data_uri: str, cache_epoch: str, run: RunInfo, settings: Settings
) -> RunOutputs:
    """Measure a registered model.

    Args:
        model_uri: Where the model is.
        data_uri: Address of the data set.
        cache_epoch: Period of the run.
        run: What is run.
        settings: Of all stages.
    """
    dataset = ValidateData(data_uri=data_uri, cache_epoch=cache_epoch).dataset
    model = FetchModel(model_uri=model_uri, cache_epoch=cache_epoch)
    baselines = MeasureBaselines(dataset=dataset)
    predicted_maps = PredictSplit(
        name=HELD_OUT,
        dataset=dataset,
        split=HELD_OUT,
        weights=model.weights,
        config=settings.predict,
    ).predicted_maps
    scores = evaluation(dataset=dataset, predicted_maps=predicted_maps, settings=settings)
    report = ReportEvaluation(
        run_info=run,
        model_uri=model_uri,
        weights=model.weights,
        baselines=baselines.baselines,
        validation=scores.validation,
        test=scores.test,
    )
    return RunOutputs(
        result=report.result,
        report=report.page,
        validation_predictions=scores.validation_predictions,
        test_predictions=scores.test_predictions,
    )
