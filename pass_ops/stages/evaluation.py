"""Scores, diagnostics and the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.config.evaluation import DiagnosisConfig, EvaluationConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import images_of, truth_of


def evaluate(
    dataset: str,
    split: str,
    predictions: str,
    config: Settings,
    matching: str | None,
    evaluation: str,
    exported: str,
) -> Metadata:
    """Score the predictions on `split`; write metrics, match.json, pictures, and predictions in the ImageNet-S layout.

    `matching` is the folder of an earlier evaluation whose match.json is used; None matches on this split.
    """
    from pass_ops.evaluation.split import evaluate_split

    return run_stage(
        f"evaluate_{split}",
        lambda tracker: evaluate_split(
            images_of(dataset, split),
            truth_of(dataset, split),
            Path(predictions),
            build(EvaluationConfig, config),
            None if matching is None else Path(matching),
            Path(evaluation),
            Path(exported),
            tracker,
        ),
        config,
        (evaluation, exported),
        "miou",
    )


def diagnose(dataset: str, untrained: str, pretrained: str, attention: str, config: Settings, learning: str) -> Metadata:
    """Write what the features of three networks know of the class folders."""
    from pass_ops.evaluation.diagnose import STAGE
    from pass_ops.evaluation.diagnose import diagnose as stage

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


def diagnose_labels(dataset: str, steps: Mapping[str, str], quality: str, markdown: str) -> Metadata:
    """Write how right the image labels are after each of `steps`, tables of labels by name, in order."""
    from pass_ops.evaluation.diagnose_labels import STAGE
    from pass_ops.evaluation.diagnose_labels import diagnose_labels as stage

    tables = {name: Path(path) for name, path in steps.items()}
    return run_stage(
        STAGE,
        lambda tracker: stage(truth_of(dataset, "train"), tables, Path(quality), Path(markdown), tracker),
        {},
        (quality, markdown),
        "after_c_accuracy",
    )


def diagnose_masks(dataset: str, steps: Mapping[str, tuple[str, str]], quality: str, markdown: str) -> Metadata:
    """Write how good the label maps are after each of `steps`: folders of validation and of test by name, in order."""
    from pass_ops.evaluation.diagnose_masks import STAGE
    from pass_ops.evaluation.diagnose_masks import diagnose_masks as stage

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
    from pass_ops.evaluation.baselines import Split
    from pass_ops.evaluation.measure import measure_baselines as stage

    def body(_: object) -> Mapping[str, float]:
        splits = {split: Split(images_of(dataset, split), truth_of(dataset, split)) for split in ("validation", "test")}
        return stage(images_of(dataset, "train"), splits, Path(baselines))

    return run_stage("measure_baselines", body, {}, (baselines,), "ellipse_colour_miou")


def report(
    run: Mapping[str, Any],
    checkpoint_choice: str,
    validation: str,
    test: str,
    learning: str,
    label_quality: str,
    mask_quality: str,
    baselines: str,
    curve: str,
    result: str,
    page: str,
    markdown: str,
) -> Metadata:
    """Write result.json and the report."""
    from pass_ops.evaluation.summary import summarise

    inputs = [Path(path) for path in (validation, test, learning, label_quality, mask_quality, baselines, curve)]
    outputs = [Path(path) for path in (result, page, markdown)]

    def body(_: object) -> Mapping[str, float]:
        return summarise(run, checkpoint_choice, *inputs, *outputs)

    return run_stage("report", body, {}, (result, page, markdown), "validation_miou")
