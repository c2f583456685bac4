"""The last stage: one result and one page of everything that the others measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from pass_ops.clustering.count.curve import BY_CLASSES, load_cluster_curve
from pass_ops.config.segmentation import CHECKPOINT_CRITERIA, CheckpointChoiceConfig
from pass_ops.config.settings import RunInfo
from pass_ops.data.images import Images
from pass_ops.evaluation.curve.cluster_chart import cluster_section
from pass_ops.evaluation.curve.page import curve_section
from pass_ops.evaluation.files import read_values
from pass_ops.evaluation.report.result import Baselines, Learning, MaskRow, QualityRow, Result
from pass_ops.evaluation.report.run_page import run_markdown, run_page
from pass_ops.evaluation.report.split_page import load_metrics, split_sections
from pass_ops.evaluation.report.without_masks import label_free_figures
from pass_ops.models.card import load_card
from pass_ops.paths import (
    BaselinesPath,
    ClusterCurvePath,
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
from pass_ops.versions import versions

SELECTION = {"matching": "validation masks", "threshold": "validation masks"}
SELECTION_WITHOUT_MASKS = {"threshold": "agreement of mirror images, without masks"}


def summarise(
    *,
    run: RunInfo,
    checkpoint_choice: CheckpointChoiceConfig,
    validation: ValidationEvaluationPath,
    test: TestEvaluationPath,
    learning: LearningPath,
    label_quality: LabelQualityPath,
    mask_quality: MaskQualityPath,
    baselines: BaselinesPath,
    cluster_curve: ClusterCurvePath,
    curve: CurvePath,
    train: Images,
    labels: ClusterLabelsPath,
    result: ResultPath,
    page: PagePath,
    markdown: MarkdownPath,
) -> Result:
    """Write result.json, and the page of the run and its tables.

    Args:
        run: what was run.
        checkpoint_choice: settings of the stage that made it.
        validation, test: folders of `evaluate_split`.
        learning, label_quality, mask_quality, baselines: files of `diagnose`, `diagnose_labels`,
            `diagnose_masks` and `measure_baselines`.
        cluster_curve: file of `choose_clusters`.
        curve: folder of `search_threshold`.
        train: training images, for the gallery of clusters.
        labels: table of the first clustering.
        result, page, markdown: files to write.
    """
    # Here: an evaluation of a model that is there has no clusters, and needs no pandas.
    from pass_ops.evaluation.report.gallery import gallery_section

    clusters = load_cluster_curve(cluster_curve)
    has_classes = clusters.by == BY_CLASSES
    chosen_by = SELECTION if has_classes else SELECTION_WITHOUT_MASKS | {"clusters": clusters.by}
    label_free = (
        {}
        if has_classes
        else label_free_figures(
            clusters=clusters,
            labels=labels,
            curve=curve,
            splits={"validation": validation, "test": test},
        )
    )
    summary = Result(
        **_facts(run),
        validation=load_metrics(validation),
        test=load_metrics(test),
        baselines=read_values(Baselines, baselines),
        selection=chosen_by
        | {"checkpoint": CHECKPOINT_CRITERIA[checkpoint_choice.used(has_classes)]},
        label_free=label_free,
        learning=read_values(tuple[Learning, ...], learning),
        mask_quality=read_values(tuple[MaskRow, ...], mask_quality),
        label_quality=read_values(tuple[QualityRow, ...], label_quality),
    )
    parts = [
        split_sections(test, "Test"),
        cluster_section(clusters),
        curve_section(curve),
        split_sections(validation, "Validation"),
        gallery_section(train, labels, validation if has_classes else None),
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
) -> Result:
    """The same for a model that was not trained in this run.

    Args:
        run: what was run; its mask back end and initial weights give way to those of the model.
        model: address of the model.
        weights: its folder.
        baselines, validation, test, result, page, markdown: as in `summarise`.
    """
    card = load_card(weights)
    summary = Result(
        **_facts(run) | {"mask_backend": card.masks, "initial_weights": card.initial},
        validation=load_metrics(validation),
        test=load_metrics(test),
        baselines=read_values(Baselines, baselines),
        selection={"model": model, "matching": "validation masks"},
    )
    parts = [split_sections(test, "Test"), split_sections(validation, "Validation")]
    return _write(summary=summary, parts=parts, result=result, page=page, markdown=markdown)


def _write(
    *,
    summary: Result,
    parts: Sequence[Markup],
    result: ResultPath,
    page: PagePath,
    markdown: MarkdownPath,
) -> Result:
    """Write the three files.

    Args:
        summary: what to write.
        parts: sections of the page.
        result, page, markdown: files to write.

    Returns:
        `summary`.
    """
    summary.save(result)
    with atomic_path(page, form_of(PagePath)) as temporary:
        temporary.write_text(run_page(summary, parts), encoding="utf-8")
    with atomic_path(markdown, form_of(MarkdownPath)) as other:
        other.write_text(run_markdown(summary), encoding="utf-8")
    return summary


def _facts(run: RunInfo) -> dict[str, Any]:
    """What a result says of what was run, and with what, and when."""
    known = {one.name for one in fields(Result)}
    return {
        **{name: value for name, value in asdict(run).items() if name in known},
        "versions": versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
