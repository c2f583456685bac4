"""What the stages of a run leave for its report, from predictions that no network made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.config.segmentation import CheckpointChoiceConfig
from pass_ops.config.settings import RunInfo
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.report.evaluate_split import evaluate_split
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.summarise import summarise
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.predictions import write_labels

LabelsByKey = Mapping[str, NDArray[np.int32]]


def open_splits(pointer: DatasetPointer, cache: Path) -> dict[str, Split]:
    """Validation and test of a data set, by name.

    Args:
        pointer: to the set.
        cache: folder for what is unpacked of it.
    """
    return {
        name: Split(open_images(pointer, name, cache), open_ground_truth(pointer, name, cache))
        for name in ("validation", "test")
    }


def write_evaluations(
    *, splits: Mapping[str, Split], labels: Mapping[str, LabelsByKey], folder: Path
) -> dict[str, Mapping[str, float]]:
    """Evaluate predictions, those of validation first, with whose matching those of test are.

    Args:
        splits: by name.
        labels: the predictions by split.
        folder: to write to: `<split>` and `<split> exported`.

    Returns:
        the metrics by split.
    """
    matching, metrics = None, {}
    for name, split in splits.items():
        write_labels(folder / f".{name} labels", labels[name])
        metrics[name] = evaluate_split(
            split=name,
            images=split.images,
            truth=split.truth,
            predictions=folder / f".{name} labels",
            config=EvaluationConfig(),
            matching=matching,
            evaluation=folder / name,
            exported=folder / f"{name} exported",
            tracker=NullTracker(),
        )
        matching = folder / "validation"
    return metrics


def label_table(keys: Sequence[str], clusters: int) -> pd.DataFrame:
    """Image labels as a clustering leaves them, the clusters in turn.

    Args:
        keys: of the images.
        clusters: how many.
    """
    return pd.DataFrame(
        {
            "key": keys,
            "label": [place % clusters for place in range(len(keys))],
            "distances": [[0.1, 0.2]] * len(keys),
            "label_space": "clustering-1",
        }
    )


def summarise_parts(
    *, run: RunInfo, parts: Path, train: Images, output: Path, **others: Any
) -> Result:
    """Put a report together from all of its parts in one folder.

    Args:
        run: what was run.
        parts: `validation`, `test` and `curve`, `learning.json` and so on.
        train: the training images.
        output: folder for `result.json`, `report.html` and `report.md`.
        others: parts that lie elsewhere, by name.
    """
    files = ("learning", "label_quality", "mask_quality", "baselines")
    given = {name: parts / name for name in ("validation", "test", "curve")}
    given |= {name: parts / f"{name}.json" for name in files}
    given |= {"cluster_curve": parts / "clusters.json", "labels": parts / "labels.parquet"}
    return summarise(
        run=run,
        checkpoint_choice=CheckpointChoiceConfig(),
        train=train,
        result=output / "result.json",
        page=output / "report.html",
        markdown=output / "report.md",
        **given | others,
    )
