"""`pass-ops weights`: public weights to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pass_ops.paths import WeightsPath
from pass_ops.storage.kinds import require_all_free

app = typer.Typer(help="Public weights to start training from.", no_args_is_help=True)


@app.callback()
def callback() -> None:
    """Makes Typer keep the name of a single command."""


@app.command("import")
def import_command(
    source: Annotated[
        Path,
        typer.Argument(help="Checkpoint of SwAV, PASS, MoCo or torchvision: .pth or .safetensors."),
    ],
    destination: Annotated[Path, typer.Argument(help="Folder to make.")],
) -> None:
    """Turn a public checkpoint of a ResNet into weights that pretrain.initial_weights takes,
    without running anything that is pickled in it.
    """
    require_all_free({destination: WeightsPath}, (source,))
    from pass_ops.models.files.names import listed
    from pass_ops.models.import_weights import import_weights

    imported = import_weights(source, WeightsPath(destination))
    card = imported.card
    typer.echo(
        f"{destination}: {card.network.arch} of width {card.network.width} from {card.source} "
        f"({card.initial}), sha256 {card.sha256}"
    )
    typer.echo(f"taken: {len(imported.taken)} tensors, {listed(imported.taken)}")
    typer.echo(f"left out: {listed(imported.left_out) or 'nothing'}")
    typer.echo(f"taken off: {', '.join(imported.wrapping) or 'nothing'}")
