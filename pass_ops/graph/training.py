"""The training pipeline: from photographs to a segmenter and its scores (method 2.1)."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import RunInfo, Settings
from pass_ops.data.splits import EVERY, HELD_OUT
from pass_ops.graph.denoising import denoising
from pass_ops.graph.evaluation import evaluation
from pass_ops.graph.pseudo_labels import pseudo_labels
from pass_ops.graph.representation import representation
from pass_ops.graph.segmentation import segmentation
from pass_ops.paths import (
    ExportedPath,
    ModelPath,
    PagePath,
    ResultPath,
    TestEvaluationPath,
    ValidationEvaluationPath,
)
from pass_ops.stages import (
    ChooseClusters,
    ClassifyImages,
    CompletePredictions,
    Diagnose,
    DiagnoseMasks,
    MeasureBaselines,
    PromptMasks,
    Report,
    SearchThreshold,
    ValidateData,
)


class TrainingOutputs(NamedTuple):
    """What the training pipeline hands on.

    Attributes:
        result: `result.json`: settings, versions and every score.
        report: page for people, with curves, overlays and clusters.
        model: folder of the second segmenter, for use elsewhere.
        validation_predictions, test_predictions: label maps in the ImageNet-S layout.
        validation_evaluation, test_evaluation: their scores, and pictures.
    """

    result: ResultPath
    report: PagePath
    model: ModelPath
    validation_predictions: ExportedPath
    test_predictions: ExportedPath
    validation_evaluation: ValidationEvaluationPath
    test_evaluation: TestEvaluationPath


def training(
    *,
    data_uri: str,
    cache_epoch: str,
    mask_back_end: str,
    mask_weights: str,
    run: RunInfo,
    settings: Settings,
) -> TrainingOutputs:
    """Train, evaluate and export.

    Args:
        data_uri: Address of the data set.
        cache_epoch: Period of the run.
        mask_back_end: Promptable segmenter.
        mask_weights: Its weights.
        run: What is run.
        settings: Of all stages.
    """
    given = ValidateData(data_uri=data_uri, cache_epoch=cache_epoch).dataset
    baselines = MeasureBaselines(dataset=given)
    networks = representation(dataset=given, settings=settings)
    learning = Diagnose(
        dataset=given,
        untrained=networks.initial,
        pretrained=networks.pretrained,
        attention=networks.attention,
        config=settings.diagnose,
    )
    count = ChooseClusters(
        dataset=given,
        weights=networks.attention,
        config=settings.choose_clusters,
        clustering=settings.cluster,
    )
    dataset = count.clusters
    denoised = denoising(dataset=dataset, weights=networks.attention, settings=settings)
    threshold = SearchThreshold(
        dataset=dataset,
        weights=denoised.features,
        centroids=denoised.centroids,
        config=settings.search_threshold,
    )
    labels = pseudo_labels(
        dataset=dataset,
        weights=denoised.features,
        centroids=denoised.centroids,
        curve=threshold.curve,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        settings=settings,
    )
    round_1 = segmentation(
        name="round_1",
        dataset=dataset,
        label_maps=labels.refined,
        prompts=labels.prompts,
        attention_maps=labels.attention,
        image_labels=denoised.image_labels_round_1,
        pretrained=networks.pretrained,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        prompt_config=settings.prompt_masks_round_1,
        predicted=EVERY,
        settings=settings,
    )
    round_2 = segmentation(
        name="round_2",
        dataset=dataset,
        label_maps=round_1.predicted_maps,
        prompts=labels.prompts,
        attention_maps=labels.attention,
        image_labels=denoised.image_labels_round_2,
        pretrained=networks.pretrained,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        prompt_config=settings.prompt_masks_round_2,
        predicted=HELD_OUT,
        settings=settings,
    )
    # What steps 4.4 and 4.5 make of validation and test.
    classification = ClassifyImages(
        name="c",
        dataset=dataset,
        split=HELD_OUT,
        checkpoints=denoised.classifier,
        config=settings.infer_image_labels,
    )
    masks = PromptMasks(
        name=HELD_OUT,
        dataset=dataset,
        split=HELD_OUT,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        label_maps=labels.refined,
        prompts=labels.prompts,
        attention_maps=labels.attention,
        image_labels=classification.labels,
        config=settings.prompt_masks_round_1,
    )
    completion = CompletePredictions(
        predicted_maps=round_2.predicted_maps,
        earlier_maps=round_1.predicted_maps,
        painted_maps=masks.painted_maps,
        labels=classification.labels,
        config=settings.complete_predictions,
    )
    scores = evaluation(
        dataset=dataset, predicted_maps=completion.completed_maps, settings=settings
    )
    steps = DiagnoseMasks(
        dataset=dataset,
        coarse=labels.coarse,
        crf=labels.crf,
        refined=labels.refined,
        prompted=masks.painted_maps,
        round_1=round_1.predicted_maps,
        round_2=round_2.predicted_maps,
        completed=completion.completed_maps,
    )
    report = Report(
        run_info=run,
        choice=settings.choose_checkpoint,
        prediction=settings.predict,
        dataset=dataset,
        validation=scores.validation,
        test=scores.test,
        learning=learning.learning,
        label_quality=denoised.quality,
        mask_quality=steps.quality,
        baselines=baselines.baselines,
        cluster_curve=count.curve,
        curve=threshold.curve,
        labels=denoised.clusters,
        weights=round_2.weights,
    )
    return TrainingOutputs(
        result=report.result,
        report=report.page,
        model=report.model,
        validation_predictions=scores.validation_predictions,
        test_predictions=scores.test_predictions,
        validation_evaluation=scores.validation,
        test_evaluation=scores.test,
    )
