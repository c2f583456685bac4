"""What two runs measured, side by side, with differences."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pass_ops.comparison.run_folder import SPLITS, RunFolder
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.text_table import NOTHING, Table, decimal
from pass_ops.evaluation.scoring.metrics import HEADINGS

Runs = tuple[RunFolder, RunFolder]
_Values = Mapping[str, float]


def metrics_tables(runs: Runs) -> list[Table]:
    """Every metric of test, and of validation."""
    tables = []
    for split in SPLITS:
        columns = [
            {HEADINGS.get(name, name): value for name, value in getattr(run.result, split).items()}
            for run in runs
        ]
        tables.append(_differences(f"Scores on {split}", runs, (columns[0], columns[1])))
    return tables


def class_tables(runs: Runs) -> list[Table]:
    """IoU of each class on test, and on validation."""
    return [
        _differences(
            f"IoU of each class, {split}",
            runs,
            (runs[0].iou.get(split, {}), runs[1].iou.get(split, {})),
        )
        for split in SPLITS
    ]


def step_tables(runs: Runs) -> list[Table]:
    """What each step's image labels and label maps are worth, and what features know."""
    first, second = (run.result for run in runs)
    titles = {
        "Neighbours' accuracy by features, validation": _learning,
        "Accuracy of image labels by step, train": _image_labels,
        "mIoU of label maps by step, test": _label_maps,
        "Without masks": _label_free,
    }
    return [
        _differences(title, runs, (read(first), read(second))) for title, read in titles.items()
    ]


def stages_table(runs: Runs) -> Table:
    """Seconds of each stage, and of all; of cached ones what they once took."""
    first, second = ({stage.name: stage for stage in run.result.stages} for run in runs)
    rows = [
        (
            name,
            *(f"{of[name].seconds:.1f}" if name in of else NOTHING for of in (first, second)),
            *("yes" if name in of and of[name].cached else "" for of in (first, second)),
        )
        for name in dict.fromkeys((*first, *second))
    ]
    if rows:
        sums = (f"{sum(one.seconds for one in of.values()):.1f}" for of in (first, second))
        rows.append(("all", *sums, "", ""))
    names = tuple(run.name for run in runs)
    header = ("seconds", *names, *(f"{name} cached" for name in names))
    return Table("Stages", header, tuple(rows))


def _learning(result: Result) -> dict[str, float]:
    return {row.features: row.knn_accuracy for row in result.learning}


def _image_labels(result: Result) -> dict[str, float]:
    return {row.step: row.accuracy for row in result.label_quality}


def _label_maps(result: Result) -> dict[str, float]:
    return {row.step: row.test.get("miou", math.nan) for row in result.mask_quality}


def _label_free(result: Result) -> dict[str, float]:
    return result.label_free


def _differences(title: str, runs: Runs, values: tuple[_Values, _Values]) -> Table:
    """A table of values and of how much more the second run has.

    Args:
        title: of the table.
        runs: whose values they are.
        values: of each run by name; in the order of the first, those that it lacks last.
    """
    first, second = values
    rows = tuple(
        (
            name.replace("_", " "),
            decimal(one := first.get(name, math.nan)),
            decimal(other := second.get(name, math.nan)),
            NOTHING if math.isnan(other - one) else f"{other - one:+.3f}".replace("-", "−"),
        )
        for name in dict.fromkeys((*first, *second))
    )
    return Table(title, ("", *(run.name for run in runs), "difference"), rows)
