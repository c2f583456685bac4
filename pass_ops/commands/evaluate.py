"""`pass-ops evaluate`: score a folder of label PNGs, ours or others'."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.config.schema import build
from pass_ops.data.user_files.categories import BACKGROUND
from pass_ops.engine.stage import data_cache
from pass_ops.errors import ConfigError, printable
from pass_ops.storage.contents.strict_json import with_null

if TYPE_CHECKING:
    from pass_ops.evaluation.scoring.evaluate import Evaluation

PredictionsArgument = Annotated[
    Path, typer.Argument(help="Folder of predictions: CLASS/NAME.png, 8-bit RGB, id = R + 256*G.")
]
DataArgument = Annotated[
    str, typer.Argument(help="Data set (folder, s3://… or pointer file), or folder of masks.")
]
SplitName = Literal["train", "validation", "test", "train-semi"]
SplitOption = Annotated[SplitName, typer.Option(help="Split whose masks are used.")]
MatchOption = Annotated[
    Path | None,
    typer.Option(
        help="match.json to use, such as the one found on validation; else one is found here."
    ),
]


def evaluate_folder(
    *,
    predictions: PredictionsArgument,
    data: DataArgument,
    split: SplitOption = "validation",
    match: MatchOption = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read and count images.")] = 2,
    compat: Annotated[
        str | None,
        typer.Option(
            help="fixed, or reference: match by the published solver, without a rule for ties. "
            "[default: fixed]"
        ),
    ] = None,
) -> None:
    """Score any folder of ImageNet-S label PNGs: prints a table, and everything as one line of
    JSON.

    Whatever is wrong with a prediction or a mask is listed, and then nothing is scored.
    """
    # `pass-ops --help` need not wait for these.
    from pass_ops.evaluation.folders.masks import open_masks
    from pass_ops.evaluation.folders.predictions import PredictionFolder
    from pass_ops.evaluation.report.tables import metrics_table
    from pass_ops.evaluation.scoring.evaluate import evaluate
    from pass_ops.evaluation.scoring.matching import Matching
    from pass_ops.evaluation.scoring.scope import Scope

    if compat is not None and match is not None:
        raise ConfigError("--compat: of no use with --match, which is a matching; leave one out")
    compat = "fixed" if compat is None else compat
    config = build(EvaluationConfig, {"compat": compat, "workers": workers})
    matching = None if match is None else Matching.load(match)
    masks = open_masks(data, split, data_cache())
    folder = PredictionFolder(predictions, masks.truth)
    passed_over = sorted({*masks.passed_over, *folder.passed_over})
    for path in passed_over:
        _complain(f"passed over: {path}")
    scope = Scope.of(folder, masks.truth)
    evaluation = evaluate(
        predictions=folder,
        truth=masks.truth,
        matching=matching,
        solver=config.solver,
        workers=config.workers,
        show=_complain,
    )
    typer.echo(f"{split}: {scope.text()}, {len(passed_over)} files passed over")
    typer.echo(metrics_table({split: evaluation.metrics}).text())
    counts = asdict(scope) | {"passed_over": [printable(str(path)) for path in passed_over]}
    typer.echo(json.dumps(counts | _plain(evaluation, split, match)))


def _plain(evaluation: Evaluation, split: str, match: Path | None) -> dict[str, Any]:
    """The scores as JSON has them.

    Args:
        evaluation: of a folder of predictions.
        split: whose masks were used.
        match: file of the matching, unless it was found on the split itself.
    """
    names = (BACKGROUND, *evaluation.categories)
    return {
        "split": split,
        "matched_on": split if match is None else str(match),
        "metrics": with_null(evaluation.metrics),
        "iou": dict(zip(names, map(float, evaluation.iou), strict=True)),
        "boundary_iou": dict(zip(names, map(float, evaluation.boundary_iou), strict=True)),
        "match": evaluation.matching.plain(),
    }


def _complain(line: str) -> None:
    print(printable(line), file=sys.stderr)
