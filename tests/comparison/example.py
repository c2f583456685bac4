"""Folders of runs that were not: their predictions are the ground truth, moved aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pass_ops.data.locate import locate
from pass_ops.evaluation.report.result import Learning, MaskRow, QualityRow, Result, Stage
from pass_ops.evaluation.report.split_page import load_metrics
from tests.evaluation.predictions import renamed
from tests.evaluation.written_run import open_splits, write_evaluations

RESULT = Result(
    profile="smoke",
    data="photographs",
    seed=31,
    compat="fixed",
    mask_backend="classical",
    validation={},
    test={},
    overrides={"pretrain.epochs": 3},
    learning=(Learning("untrained", 0.25, 0.5),),
    label_quality=(
        QualityRow(step="clustering 1", images=24, coverage=1.0, accuracy=0.5, nmi=0.5),
    ),
    mask_quality=(MaskRow(step="coarse labels", validation={"miou": 0.25}, test={"miou": 0.125}),),
    stages=(Stage(name="pretrain", seconds=12.34, peak_rss_mb=812.6, cached=True),),
    versions={"python": "3.11"},
)


def write_run(*, folder: Path, data: Path, shift: int, result: Result = RESULT) -> Path:
    """Write the folder of a run.

    Args:
        folder: to make.
        data: a data set of six classes.
        shift: pixels by which predictions lie beside the truth.
        result: of the run, but for its scores.
    """
    pointer = locate(str(data))
    splits = open_splits(pointer, folder / ".cache")
    labels = {
        name: {key: np.roll(map_, shift, axis=1) for key, map_ in renamed(split.truth).items()}
        for name, split in splits.items()
    }
    write_evaluations(splits=splits, labels=labels, folder=folder)
    for name in splits:
        (folder / name).rename(folder / f"{name}_evaluation")
        (folder / f"{name} exported").rename(folder / f"{name}_predictions")
    scores = {
        split: load_metrics(folder / f"{split}_evaluation") for split in ("validation", "test")
    }
    replace(result, data_digest=pointer.digest, **scores).save(folder / "result.json")
    return folder
