"""Results and reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata
from pass_ops.stages.inputs import images_of
from pass_ops.tracking.tracker import Tracker


def report(
    run: Mapping[str, Any],
    checkpoint_choice: str,
    dataset: str,
    validation: str,
    test: str,
    learning: str,
    label_quality: str,
    mask_quality: str,
    baselines: str,
    curve: str,
    labels: str,
    result: str,
    page: str,
    markdown: str,
) -> Metadata:
    """Write result.json and the report."""
    from pass_ops.evaluation.report.summary import summarise

    def body(tracker: Tracker) -> Mapping[str, float]:
        figures = summarise(
            run,
            checkpoint_choice,
            Path(validation),
            Path(test),
            Path(learning),
            Path(label_quality),
            Path(mask_quality),
            Path(baselines),
            Path(curve),
            images_of(dataset, "train"),
            Path(labels),
            Path(result),
            Path(page),
            Path(markdown),
        )
        tracker.file(Path(page), "report")
        return figures

    return run_stage("report", body, {}, (result, page, markdown), "validation_miou")


def report_evaluation(
    run: Mapping[str, Any],
    model_uri: str,
    weights: str,
    baselines: str,
    validation: str,
    test: str,
    result: str,
    page: str,
    summary: str,
) -> Metadata:
    """Write result.json and the report of a model that was evaluated without being trained here."""
    from pass_ops.evaluation.report.summary import summarise_evaluation

    inputs = [Path(path) for path in (weights, baselines, validation, test)]
    outputs = [Path(path) for path in (result, page, summary)]

    def body(tracker: Tracker) -> Mapping[str, float]:
        figures = summarise_evaluation(run, model_uri, *inputs, *outputs)
        tracker.file(Path(page), "report")
        return figures

    return run_stage(
        "report_evaluation",
        body,
        {"model_uri": model_uri},
        (result, page, summary),
        "validation_miou",
    )
