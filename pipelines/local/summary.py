"""What a finished local run leaves for its user: result, report, predictions, a closing table."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from pass_ops.evaluation.files import CONTACT_SHEET
from pass_ops.evaluation.report import tables
from pass_ops.evaluation.report.protocol import protocol
from pass_ops.evaluation.report.result import Result, Stage
from pass_ops.evaluation.report.text_table import Table as TextTable
from pass_ops.evaluation.report.text_table import decimal
from pass_ops.evaluation.unmeasured import NOTE
from pass_ops.export.card import describe_run
from pass_ops.export.machine import machine
from pass_ops.paths import ModelPath
from pass_ops.storage.atomic import atomic_path, copy_file
from pass_ops.storage.forms import NEW_FILE, NEW_FOLDER
from pipelines.local.advice import PURPOSE

PICTURE = "predictions.png"
"""Photographs, ground truth and predictions on one sheet."""


def collect(
    *, outputs: Mapping[str, Any], folder: Path, data: str, stages: tuple[Stage, ...]
) -> Result:
    """Copy the pipeline's outputs into `folder` and write `result.json` there, last.

    Args:
        outputs: KFP artifacts by name. `result` is a `result.json`, `report` an HTML file; the
            others are copied as they are, and of `test_evaluation` also the sheet of
            predictions beside them.
        folder: of the run.
        data: the data set as its user named it; the pipeline knows only where it was packed to.
        stages: what the stages measured, for the result.
    """
    result = Result.load(Path(outputs["result"].path))
    for name, artifact in outputs.items():
        if name == "report":
            _copy(Path(artifact.path), folder / "report" / "index.html")
        elif name != "result":
            _copy(Path(artifact.path), folder / name)
    sheet = folder / "test_evaluation" / CONTACT_SHEET
    if sheet.is_file():
        copy_file(sheet, folder / PICTURE, NEW_FILE)
    result = replace(result, data=data, stages=stages)
    if "model" in outputs:
        model = ModelPath(folder / "model")
        describe_run(model=model, data=data, stages=stages, machine=machine())
    result.save(folder / "result.json")
    return result


def show(*, result: Result, seconds: float, folder: Path, mlflow: str, console: Console) -> None:
    """Print the closing tables and where everything lies.

    Args:
        result: what the tables are made of.
        seconds: what the whole run took.
        folder: of the run.
        mlflow: where its MLflow run is, in words.
        console: to print to.
    """
    closing_tables = (
        tables.stages_table(result.stages),
        tables.learning_table(result),
        tables.quality_table(result.label_quality),
        tables.masks_table(result.mask_quality),
        tables.limits_table(result.mask_quality),
        tables.baselines_table(result),
        tables.label_free_table(result),
    )
    for table in closing_tables:
        if table.rows:
            console.print(_printable(table))
    splits = {"test": result.test, "validation": result.validation}
    reached = (
        f"{decimal(metrics['miou'])} on {split}"
        for split, metrics in splits.items()
        if "miou" in metrics
    )
    purpose = PURPOSE.get(result.profile)
    lines = (
        f"mIoU         {', '.join(reached) or NOTE}, in {seconds:.0f} s",
        *([f"picture      {folder / PICTURE}"] if (folder / PICTURE).is_file() else []),
        *([f"{result.profile:12} {purpose}"] if purpose else []),
        f"report       {folder}/report/index.html (pictures, curves, clusters, scores)",
        f"predictions  {folder}/test_predictions, {folder}/validation_predictions",
        *_model_lines(folder / "model"),
        f"protocol     {protocol(result.mask_backend, result.initial_weights)} "
        f"(masks {result.mask_backend}, initial weights {result.initial_weights})",
        f"result       {folder}/result.json",
        f"MLflow       {mlflow}",
    )
    for line in lines:
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def _model_lines(model: Path) -> list[str]:
    """What the closing lines say of the run's model; nothing of a run that trains none."""
    return (
        [f"model        {model} (.venv/bin/pass-ops predict {model} PHOTOGRAPHS)"]
        if model.is_dir()
        else []
    )


def _printable(table: TextTable) -> Table:
    """A table of the report for a terminal; the column of stages' main metrics holds words."""
    # With lines between columns, the longest names of stages would not fit 80 characters.
    printable = Table(title=table.title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    printable.add_column(table.header[0], no_wrap=True)
    for name in table.header[1:]:
        printable.add_column(name, justify="left" if name == "figure" else "right")
    for row in table.rows:
        printable.add_row(*row)
    return printable


def _copy(source: Path, target: Path) -> None:
    """Copy a file or folder, whole or not at all.

    Args:
        source: what to copy.
        target: what it becomes; nothing may be there.
    """
    if source.is_dir():
        with atomic_path(target, NEW_FOLDER) as partial:
            shutil.copytree(source, partial)
    else:
        copy_file(source, target, NEW_FILE)
