"""`pass-ops sam`: weights of Segment Anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pass_ops.paths import SamWeightsPath
from pass_ops.storage.kinds import require_all_free

app = typer.Typer(help="Weights of Segment Anything.", no_args_is_help=True)


@app.callback()
def callback() -> None:
    """Makes Typer keep the name of a single command."""


@app.command("convert")
def convert_command(
    source: Annotated[
        Path, typer.Argument(help="Official checkpoint file, such as sam_vit_b_01ec64.pth.")
    ],
    destination: Annotated[Path, typer.Argument(help="Folder to make.")],
    variant: Annotated[
        str | None, typer.Option(help="vit_b, vit_l or vit_h: refuse a file of another one.")
    ] = None,
) -> None:
    """Turn an official checkpoint into safetensors, without running anything that is pickled in
    it.
    """
    require_all_free({destination: SamWeightsPath}, (source,))
    from pass_ops.sam.weights import convert

    card = convert(source, destination, variant)
    typer.echo(f"{destination}: {card.variant} from {card.source}, sha256 {card.sha256}")
