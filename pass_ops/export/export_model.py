"""A run's model as a folder for use elsewhere (`serving.files`)."""

from __future__ import annotations

from safetensors.numpy import save_file

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.user_files.categories import BACKGROUND, cluster_names
from pass_ops.evaluation.files import CLASSES, read_values
from pass_ops.evaluation.report.result import MaskRow, Result
from pass_ops.evaluation.report.split_page import ClassScores
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.export.card import model_card
from pass_ops.export.mlflow_model import write_mlflow_model
from pass_ops.export.segmenter_onnx import segmenter_onnx
from pass_ops.models.arrays import backbone_arrays, load_arrays
from pass_ops.models.card import load_card
from pass_ops.paths import (
    CARD_FILE,
    WEIGHTS_FILE,
    EvaluationPath,
    ModelPath,
    SegmenterWeightsPath,
    TestEvaluationPath,
    ValidationEvaluationPath,
)
from pass_ops.serving.description import Description, Scores
from pass_ops.serving.files import BACKBONE, CARD, MATCHING, NETWORK
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of


def export_model(
    *,
    weights: SegmenterWeightsPath,
    prediction: PredictionConfig,
    dataset: DatasetPointer,
    result: Result,
    scores_by_seed: dict[str, dict[str, float]],
    validation: ValidationEvaluationPath,
    test: TestEvaluationPath,
    model: ModelPath,
) -> None:
    """Write the folder of a model.

    Args:
        weights: of the segmenter.
        prediction: sizes, flip and limit of resolution with which it was measured.
        dataset: that it learned from.
        result: of its run.
        scores_by_seed: see `Description`.
        validation, test: scores of its run by class.
        model: folder to write.
    """
    card, arrays, alone = load_card(weights), load_arrays(weights), result.alone
    matching = _matching(validation, alone)
    splits = {
        "validation": _scores(validation, result.validation),
        "test": _scores(test, result.test),
    }
    description = Description(
        classes=_names(validation, len(matching.classes)),
        label_space=card.label_space,
        prediction=prediction,
        data=result.data,
        data_digest=dataset.digest,
        images=dataset.counts,
        profile=result.profile,
        seed=result.seed,
        compat=result.compat,
        overrides=result.overrides,
        masks=card.masks,
        initial=card.initial,
        selection=result.selection,
        epoch=card.epoch,
        commit=result.commit,
        scores=splits,
        alone={"validation": alone.validation, "test": alone.test} if alone else {},
        scores_by_seed=scores_by_seed,
    )
    with atomic_path(model, form_of(ModelPath)) as folder:
        # MLflow takes no folder that has something in it.
        write_mlflow_model(folder, description)
        for name in (WEIGHTS_FILE, CARD_FILE):
            (folder / name).write_bytes((weights / name).read_bytes())
        save_file(backbone_arrays(arrays), folder / BACKBONE)
        (folder / NETWORK).write_bytes(segmenter_onnx(arrays, card).SerializeToString())
        matching.save(folder / MATCHING)
        description.save(folder)
        (folder / CARD).write_text(model_card(description), encoding="utf-8")


def _matching(validation: ValidationEvaluationPath, alone: MaskRow | None) -> Matching:
    """Clusters matched to classes as the model's own predictions on validation ask for.

    Args:
        validation: folder of the evaluation.
        alone: scores of these predictions, where the evaluation is of others.
    """
    evaluated = Matching.load(validation / MATCHING)
    if alone is None:
        return evaluated
    own = Matching(alone.matching)
    own.require(len(evaluated.classes))
    return own


def _names(validation: ValidationEvaluationPath, clusters: int) -> tuple[str, ...]:
    """Names of the ids 0..K: of the classes, or of the clusters where the set has none.

    Args:
        validation: folder of the evaluation.
        clusters: K.
    """
    if (validation / CLASSES).is_file():
        return read_values(ClassScores, validation / CLASSES).names
    return (BACKGROUND, *cluster_names(clusters))


def _scores(split: EvaluationPath, metrics: dict[str, float]) -> Scores:
    """What a split's evaluation says.

    Args:
        split: folder of the evaluation.
        metrics: of the split.
    """
    if not (split / CLASSES).is_file():
        return Scores()
    return Scores(metrics=metrics, iou=read_values(ClassScores, split / CLASSES).iou)
