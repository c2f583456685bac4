"""The benchmark's other protocols: distance matching, and what is handed in to its server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pass_ops.commands.evaluate import PredictionsArgument, SplitName
from pass_ops.commands.job import POINTER, closing_line
from pass_ops.engine.stage import data_cache
from pass_ops.models.card import load_card
from pass_ops.paths import LabelMapsPath, PointerPath, ScoresPath, SubmissionPath, WeightsPath
from pass_ops.stages.distance import evaluate_by_distance as run_by_distance
from pass_ops.storage.kinds import require_all_free

DataOption = Annotated[str, typer.Argument(help="Data set: folder, s3://… or pointer file.")]


def evaluate_by_distance(
    *,
    weights: Annotated[
        Path, typer.Argument(help="Weights folder of pretrain or train_pixel_attention.")
    ],
    data: DataOption,
    output: Annotated[Path, typer.Option(help="Folder to write label maps and scores.json into.")],
    split: Annotated[
        Literal["validation", "test"], typer.Option(help="Split that is labelled and scored.")
    ] = "validation",
    resize: Annotated[
        int, typer.Option(help="Shorter side of the network's input, in pixels.")
    ] = 256,
    neighbours: Annotated[int, typer.Option(help="Annotated regions that vote on a pixel.")] = 10,
    compat: Annotated[
        str, typer.Option(help="fixed, or reference, which squeezes images into a square.")
    ] = "fixed",
) -> None:
    """Score features by distance matching: pixels get the class of the nearest annotated regions of
    train-semi.
    """
    # `pass-ops --help` need not wait for it.
    from pass_ops.data.locate import locate

    # Jittor may compile for minutes before it would tell.
    load_card(WeightsPath(weights))
    dataset = locate(data)
    pointer, scores = PointerPath(output / POINTER), ScoresPath(output / "scores.json")
    label_maps = LabelMapsPath(output / "label_maps")
    require_all_free(
        {pointer: PointerPath, label_maps: LabelMapsPath, scores: ScoresPath},
        (dataset.uri, weights),
    )
    dataset.save(pointer)
    metrics = run_by_distance(
        dataset=pointer,
        split=split,
        weights=WeightsPath(weights),
        config={"resize": resize, "neighbours": neighbours, "compat": compat},
        label_maps=label_maps,
        scores=scores,
    )
    typer.echo(closing_line(metrics))


def submission(
    *,
    predictions: PredictionsArgument,
    data: DataOption,
    target: Annotated[Path, typer.Argument(help="Zip to write.")],
    match: Annotated[Path, typer.Option(help="match.json that was found on validation.")],
    name: Annotated[str, typer.Option(help="Of the method: first line of method.txt.")],
    training_data: Annotated[str, typer.Option(help="Second line.")],
    training_scheme: Annotated[str, typer.Option(help="Third line.")],
    networks: Annotated[str, typer.Option(help="Networks and a link: fourth line.")],
    description: Annotated[str, typer.Option(help="Fifth line.")],
    split: Annotated[SplitName, typer.Option(help="Split that the predictions are of.")] = "test",
) -> None:
    """Write the zip that the benchmark's server takes: label PNGs, match.json, method.txt. Bad
    predictions are listed.
    """
    from pass_ops.evaluation.protocols.submission import Method, write_submission
    from pass_ops.evaluation.scoring.matching import Matching

    require_all_free({target: SubmissionPath}, (predictions, data, match))
    method = Method(
        name=name,
        training_data=training_data,
        training_scheme=training_scheme,
        networks=networks,
        description=description,
    )
    scope = write_submission(
        folder=predictions,
        data=data,
        split=split,
        matching=Matching.load(match),
        method=method,
        target=target,
        cache=data_cache(),
    )
    typer.echo(f"{target}: {split}, {scope.text()}; match.json, method.txt")
