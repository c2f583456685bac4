"""The folder `runs/<time>` that `make run` leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pass_ops.errors import ArtifactError
from pass_ops.evaluation.files import CLASSES, STRIPS, read_values
from pass_ops.evaluation.report.examples import SAMPLE, load_strips
from pass_ops.evaluation.report.page import Figure
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.split_page import ClassScores
from pass_ops.storage.opening import files_named

RESULT = "result.json"
SPLITS = ("test", "validation")


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """What is compared of a run.

    Attributes:
        name: of its folder.
        result: its `result.json`.
        iou: IoU by class, by split; of splits with masks.
        strips: image, ground truth where it is known, prediction, of some test images; in all runs
            on a data set the same ones, in the same order.
    """

    name: str
    result: Result
    iou: dict[str, dict[str, float]]
    strips: tuple[Figure, ...]


def open_both(first: Path, second: Path) -> tuple[RunFolder, RunFolder]:
    """Read two runs; of folders of one name, the paths are their names.

    Args:
        first, second: their folders.

    Raises:
        ArtifactError: see `open_run_folder`.
    """
    runs = open_run_folder(first), open_run_folder(second)
    if runs[0].name != runs[1].name:
        return runs
    return replace(runs[0], name=str(first)), replace(runs[1], name=str(second))


def open_run_folder(folder: Path) -> RunFolder:
    """Read a run.

    Runs of earlier versions have no scores of single classes and no strips.

    Args:
        folder: of the run.

    Raises:
        ArtifactError: it is none of a run that has ended, or is damaged.
    """
    with files_named():
        if not (folder / RESULT).is_file():
            raise ArtifactError(
                f"{folder}: there is no {RESULT} in it; give the folder runs/<time> of a run that "
                "has ended"
            )
        evaluations = {split: folder / f"{split}_evaluation" for split in SPLITS}
        test = evaluations["test"]
        return RunFolder(
            name=folder.resolve().name,
            result=Result.load(folder / RESULT),
            iou={
                split: _iou(evaluation)
                for split, evaluation in evaluations.items()
                if (evaluation / CLASSES).is_file()
            },
            strips=tuple(load_strips(test, SAMPLE)[SAMPLE]) if (test / STRIPS).is_file() else (),
        )


def _iou(evaluation: Path) -> dict[str, float]:
    classes = read_values(ClassScores, evaluation / CLASSES)
    return dict(zip(classes.names, classes.iou, strict=True))
