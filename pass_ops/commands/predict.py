"""`pass-ops predict`: a run's model on anyone's photographs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from pass_ops.errors import printable
from pass_ops.storage.outputs import require_free


def predict_photographs(
    *,
    model: Annotated[
        str,
        typer.Argument(help="Folder model/ of a run, s3://BUCKET/PREFIX, or models:/NAME@ALIAS."),
    ],
    images: Annotated[
        list[Path], typer.Argument(help="Photographs, and folders of them, nested or not.")
    ],
    output: Annotated[
        Path, typer.Option(help="Folder for what comes out, in place of earlier predictions.")
    ] = Path("labels"),
    batch: Annotated[
        int, typer.Option(min=1, help="Photographs in memory at once; those of one size together.")
    ] = 4,
) -> None:
    """Label photographs with a run's model: OUTPUT/labels (PNG, id = R + 256*G), OUTPUT/overlays to
    look at, OUTPUT/areas.json.

    Photographs that cannot be read are listed, the others are labelled, and the status is then 1.
    """
    # `pass-ops --help` need not wait for these.
    from pass_ops.serving.open_model import open_model
    from pass_ops.serving.photographs import find_photographs, output_names
    from pass_ops.serving.predict_images import PREDICTIONS, Predictions, predict_images

    require_free(output, PREDICTIONS, (model, *images))
    listing = find_photographs(images)
    output_names(listing.photographs)
    with open_model(model) as opened:
        if output.exists():
            shutil.rmtree(output)
        output.mkdir(parents=True)
        predictions = Predictions(folder=output, classes=opened.description.classes)
        for problem in listing.problems:
            predictions.refuse(problem)
        try:
            predict_images(
                model=opened,
                photographs=listing.photographs,
                batch=batch,
                predictions=predictions,
            )
        finally:
            predictions.finish(model)
    typer.echo(
        f"{len(predictions.rows)} of {len(listing.photographs)} photographs labelled, "
        f"{listing.passed_over} other files passed over: {printable(str(output))}"
    )
    if predictions.problems:
        raise typer.Exit(1)
