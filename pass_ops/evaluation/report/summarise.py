"""The last stage: one result and one page of everything that the others measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pass_ops.config.segmentation import CHECKPOINT_CRITERIA
from pass_ops.config.settings import RunInfo
from pass_ops.data.images import Images
from pass_ops.evaluation.curve.page import curve_section
from pass_ops.evaluation.files import CLASSES, MATCHING, read_values
from pass_ops.evaluation.report.gallery import gallery_html
from pass_ops.evaluation.report.page import section
from pass_ops.evaluation.report.result import Baselines, Learning, MaskRow, QualityRow, Result
from pass_ops.evaluation.report.run_page import run_markdown, run_page
from pass_ops.evaluation.report.split_page import ClassScores, load_metrics, split_sections
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.models.card import load_card
from pass_ops.paths import (
    BaselinesPath,
    ClusterLabelsPath,
    CurvePath,
    LabelQualityPath,
    LearningPath,
    MarkdownPath,
    MaskQualityPath,
    PagePath,
    ResultPath,
    TestEvaluationPath,
    ValidationEvaluationPath,
    WeightsPath,
)
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of

SELECTION = {"matching": "validation masks", "threshold": "validation masks"}


def summarise(
    *,
    run: RunInfo,
    checkpoint_choice: str,
    validation: ValidationEvaluationPath,
    test: TestEvaluationPath,
    learning: LearningPath,
    label_quality: LabelQualityPath,
    mask_quality: MaskQualityPath,
    baselines: BaselinesPath,
    curve: CurvePath,
    train: Images,
    labels: ClusterLabelsPath,
    result: ResultPath,
    page: PagePath,
    markdown: MarkdownPath,
) -> dict[str, float]:
    """Write result.json, and the page of the run and its tables.

    Args:
        run: what was run.
        checkpoint_choice: a rule of `CheckpointChoiceConfig`.
        validation, test: folders of `evaluate_split`.
        learning, label_quality, mask_quality, baselines: files of `diagnose`, `diagnose_labels`,
            `diagnose_masks` and `measure_baselines`.
        curve: folder of `search_threshold`.
        train: training images, for the gallery of clusters.
        labels: table of the first clustering.
        result, page, markdown: files to write.

    Returns:
        mIoU of both splits, where measured.
    """
    summary = Result(
        **asdict(run),
        validation=load_metrics(validation),
        test=load_metrics(test),
        baselines=read_values(Baselines, baselines),
        selection=SELECTION | {"checkpoint": CHECKPOINT_CRITERIA[checkpoint_choice]},
        learning=read_values(tuple[Learning, ...], learning),
        mask_quality=read_values(tuple[MaskRow, ...], mask_quality),
        label_quality=read_values(tuple[QualityRow, ...], label_quality),
    )
    parts = [
        *split_sections(test, "Test"),
        curve_section(curve),
        *split_sections(validation, "Validation"),
        _gallery(train, labels, validation),
    ]
    return _write(summary=summary, parts=parts, result=result, page=page, markdown=markdown)


def summarise_evaluation(
    *,
    run: RunInfo,
    model: str,
    weights: WeightsPath,
    baselines: BaselinesPath,
    validation: ValidationEvaluationPath,
    test: TestEvaluationPath,
    result: ResultPath,
    page: PagePath,
    markdown: MarkdownPath,
) -> dict[str, float]:
    """The same for a model that was not trained in this run.

    Args:
        run: what was run; its mask back end and initial weights give way to those of the model.
        model: address of the model.
        weights: its folder.
        baselines, validation, test, result, page, markdown: as in `summarise`.

    Returns:
        mIoU of both splits, where measured.
    """
    card = load_card(weights)
    summary = Result(
        **asdict(run) | {"mask_backend": card.masks, "initial_weights": card.initial},
        validation=load_metrics(validation),
        test=load_metrics(test),
        baselines=read_values(Baselines, baselines),
        selection={"model": model, "matching": "validation masks"},
    )
    parts = [*split_sections(test, "Test"), *split_sections(validation, "Validation")]
    return _write(summary=summary, parts=parts, result=result, page=page, markdown=markdown)


def _write(
    *,
    summary: Result,
    parts: Sequence[str],
    result: ResultPath,
    page: PagePath,
    markdown: MarkdownPath,
) -> dict[str, float]:
    """Write the three files.

    Args:
        summary: what to write.
        parts: sections of the page, as HTML.
        result, page, markdown: files to write.

    Returns:
        mIoU of both splits, where measured.
    """
    summary.save(result)
    with atomic_path(page, form_of(PagePath)) as temporary:
        temporary.write_text(run_page(summary, parts))
    with atomic_path(markdown, form_of(MarkdownPath)) as other:
        other.write_text(run_markdown(summary))
    scores = {"validation": summary.validation, "test": summary.test}
    return {f"{split}_miou": values["miou"] for split, values in scores.items() if values}


def _gallery(train: Images, labels: ClusterLabelsPath, validation: ValidationEvaluationPath) -> str:
    """The clusters as a section, each named by its class.

    Args:
        train: training images.
        labels: their clusters.
        validation: where clusters were matched to classes.
    """
    classes = read_values(ClassScores, validation / CLASSES).names
    matching = Matching.load(validation / MATCHING)
    matching.require(len(classes) - 1)
    names = {cluster: classes[cls] for cluster, cls in enumerate(matching.classes)}
    note = (
        "the training images nearest to each centroid, "
        "and the class that the cluster was matched to on validation"
    )
    return section("Clusters", gallery_html(train, labels, names), note)
