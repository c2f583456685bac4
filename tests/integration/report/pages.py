"""The report of a run that was not: its predictions are the ground truth with errors."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.count.curve import BY_CLASSES, ClusterCurve
from pass_ops.comparison.page import comparison_page
from pass_ops.comparison.run_folder import open_run_folder
from pass_ops.config.settings import RunInfo
from pass_ops.data.codec import IGNORE
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice
from pass_ops.evaluation.curve.curve_files import save_curve
from pass_ops.evaluation.diagnostics.label_quality import save_quality
from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines
from pass_ops.evaluation.files import SPLIT_PAGE
from pass_ops.evaluation.report.result import Learning, MaskRow, QualityRow
from tests.evaluation.written_run import (
    label_table,
    open_splits,
    summarise_parts,
    write_evaluations,
)

SPACE = "clustering-1"
RUN = RunInfo(
    data=f"s3://pass-data/photographs/{'0a' * 32}",
    profile="smoke",
    seed=31,
    compat="fixed",
    mask_backend="classical",
)


def write_pages(data: Path, folder: Path) -> dict[str, Path]:
    """Write the report, the page of the test split, and a comparison of the run with itself; their
    files by `report`, `split` and `comparison`.

    Args:
        data: folder of the data set.
        folder: to write to.
    """
    pointer = locate(str(data))
    splits = open_splits(pointer, folder)
    labels = {name: _predictions(split.truth) for name, split in splits.items()}
    write_evaluations(splits=splits, labels=labels, folder=folder)
    train = open_images(pointer, "train", folder)
    measure_baselines(train, splits, folder / "baselines.json")
    _write_quality(folder)
    clusters = len(splits["test"].truth.categories)
    choice = ClusterCurve(chosen=clusters, by=BY_CLASSES)
    (folder / "clusters.json").write_text(json.dumps(asdict(choice)))
    _write_curve(folder / "curve")
    label_table(train.keys, clusters).to_parquet(folder / "labels.parquet")
    summarise_parts(run=RUN, parts=folder, train=train, output=folder)
    return {
        "report": folder / "report.html",
        "split": folder / "test" / SPLIT_PAGE,
        "comparison": _compare(folder),
    }


def _compare(folder: Path) -> Path:
    """Write the comparison of the run in `folder` with itself under another seed."""
    for split in ("validation", "test"):
        (folder / f"{split}_evaluation").symlink_to(folder / split)
    run = open_run_folder(folder)
    other = replace(run, name="another", result=replace(run.result, seed=32))
    page = folder / "comparison.html"
    page.write_text(comparison_page((run, other)))
    return page


def _predictions(truth: GroundTruth) -> dict[str, NDArray[np.int32]]:
    """The true masks, every third one empty, the others shifted."""
    found = {}
    for number, key in enumerate(truth.keys):
        mask = np.where(truth.mask(key) == IGNORE, 0, truth.mask(key))
        shifted = np.roll(mask, number * 3, axis=1) if number % 3 else np.zeros_like(mask)
        found[key] = shifted
    return found


def _write_quality(folder: Path) -> None:
    """Write what features, image labels and label maps are worth into `folder`."""
    learning = [Learning("pre-trained", 0.5, 0.625)]
    labels = [
        QualityRow(step="selected by distance", images=12419, coverage=0.5, accuracy=0.6, nmi=0.7)
    ]
    masks = [
        MaskRow(
            step="prompted masks",
            validation={"miou": 0.2},
            test={"miou": 0.1, "boundary_miou": 0.05, "f": 0.6},
        )
    ]
    (folder / "learning.json").write_text(json.dumps([asdict(row) for row in learning]))
    save_quality(folder / "label_quality.json", labels)
    (folder / "mask_quality.json").write_text(json.dumps([asdict(row) for row in masks]))


def _write_curve(folder: Path) -> None:
    """Write a threshold curve with its best threshold at 45 % into `folder`."""
    folder.mkdir()
    points = [
        PointScores(
            percent=percent,
            miou=0.5 * math.exp(-(((percent - 45) / 20) ** 2)),
            acc=0.5,
            f=0.6,
        )
        for percent in range(101)
    ]
    choices = [
        ThresholdChoice("tuned on validation masks", 45, {"miou": 0.5}),
        ThresholdChoice("label-free", 52, {"miou": 0.4}),
    ]
    save_curve(folder=folder, label_space=SPACE, pixels={}, points=points, choices=choices)
