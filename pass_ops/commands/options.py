"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from pass_ops.config.resolve import profiles

ProfileOption = Annotated[
    str, typer.Option(help=f"Settings to start from: {', '.join(profiles())}.")
]
OverridesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A setting that wins over the profile's: pretrain.epochs=3.",
    ),
]
SeedOption = Annotated[int, typer.Option(help="Of every random choice.")]
CompatOption = Annotated[
    str, typer.Option(help="fixed, or reference for the published arithmetic with its quirks.")
]
