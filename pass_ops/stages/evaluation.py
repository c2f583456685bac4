"""Scores and diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.config.evaluation import DiagnosisConfig, EvaluationConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import images_of, truth_of
from pass_ops.storage.atomic import copy_file
from pass_ops.tracking.tracker import Tracker


def evaluate(
    dataset: str,
    split: str,
    predictions: str,
    config: Settings,
    matching: str | None,
    evaluation: str,
    exported: str,
    confusion: str,
    page: str,
    summary: str,
) -> Metadata:
    """Score the predictions on `split`; write metrics, match.json, pictures, and predictions in the
    ImageNet-S layout.

    `matching` is the folder of an earlier evaluation whose match.json is used; None matches on this
    split. `confusion` (JSON), `page` (HTML) and `summary` (Markdown) are what the KFP UI shows.
    """
    from pass_ops.evaluation.report.split import CONFUSION, PAGE, SUMMARY, evaluate_split

    def body(tracker: Tracker) -> Mapping[str, float]:
        figures = evaluate_split(
            split,
            images_of(dataset, split),
            truth_of(dataset, split),
            Path(predictions),
            build(EvaluationConfig, config),
            None if matching is None else Path(matching),
            Path(evaluation),
            Path(exported),
            tracker,
        )
        for name, target in ((CONFUSION, confusion), (PAGE, page), (SUMMARY, summary)):
            copy_file(Path(evaluation) / name, Path(target))
        return figures

    return run_stage(
        f"evaluate_{split}", body, config, (evaluation, exported, confusion, page, summary), "miou"
    )


def diagnose(
    dataset: str, untrained: str, pretrained: str, attention: str, config: Settings, learning: str
) -> Metadata:
    """Write what the features of three networks know of the class folders."""
    from pass_ops.evaluation.diagnostics.diagnose import STAGE
    from pass_ops.evaluation.diagnostics.diagnose import diagnose as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            (images_of(dataset, "train"), truth_of(dataset, "train")),
            (images_of(dataset, "validation"), truth_of(dataset, "validation")),
            Path(untrained),
            Path(pretrained),
            Path(attention),
            build(DiagnosisConfig, config),
            Path(learning),
            tracker,
        ),
        config,
        (learning,),
        "pixel_attention_knn",
    )


def diagnose_labels(
    dataset: str, steps: Mapping[str, str], quality: str, markdown: str
) -> Metadata:
    """Write how right the image labels are after each of `steps`, tables of labels by name, in
    order.
    """
    from pass_ops.evaluation.diagnostics.diagnose_labels import STAGE
    from pass_ops.evaluation.diagnostics.diagnose_labels import diagnose_labels as stage

    tables = {name: Path(path) for name, path in steps.items()}
    return run_stage(
        STAGE,
        lambda tracker: stage(
            truth_of(dataset, "train"), tables, Path(quality), Path(markdown), tracker
        ),
        {},
        (quality, markdown),
        "after_c_accuracy",
    )


def diagnose_masks(
    dataset: str, steps: Mapping[str, tuple[str, str]], quality: str, markdown: str
) -> Metadata:
    """Write how good the label maps are after each of `steps`: folders of validation and of test by
    name, in order.
    """
    from pass_ops.evaluation.diagnostics.diagnose_masks import STAGE
    from pass_ops.evaluation.diagnostics.diagnose_masks import diagnose_masks as stage

    folders = {name: (Path(validation), Path(test)) for name, (validation, test) in steps.items()}
    return run_stage(
        STAGE,
        lambda tracker: stage(
            truth_of(dataset, "validation"),
            truth_of(dataset, "test"),
            folders,
            Path(quality),
            Path(markdown),
            tracker,
        ),
        {},
        (quality, markdown),
        "round_2_test_miou",
    )


def measure_baselines(dataset: str, baselines: str) -> Metadata:
    """Write the scores of predictions that need no training."""
    from pass_ops.evaluation.diagnostics.baselines import Split
    from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines as stage

    def body(_: object) -> Mapping[str, float]:
        splits = {
            split: Split(images_of(dataset, split), truth_of(dataset, split))
            for split in ("validation", "test")
        }
        return stage(images_of(dataset, "train"), splits, Path(baselines))

    return run_stage("measure_baselines", body, {}, (baselines,), "ellipse_colour_miou")
