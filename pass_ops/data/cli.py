"""`pass-ops data`: check, pack, convert, prepare and synthesize data sets.

Each command imports what it needs itself, so that `pass-ops --help` need not wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pass_ops.engine.signals import signals_unwind
from pass_ops.engine.stage import data_cache

app = typer.Typer(help="Make, check, pack and synthesize data sets.", no_args_is_help=True)


@app.command("validate")
def validate_command(
    source: Annotated[
        str, typer.Argument(help="Folder of images, packed set, s3://… or pointer file.")
    ],
) -> None:
    """List every problem of a data set, each with its file; exit with status 1 if there is any.

    Says how many classes, images and masks there are, and names what is passed over.
    """
    from pass_ops.data.packing.check import list_problems
    from pass_ops.data.packing.tally import tally

    problems = list_problems(source, data_cache())
    for line in (*tally(source, data_cache()).lines(), *problems):
        typer.echo(line)
    if problems:
        typer.echo(f"{len(problems)} problems in {source}")
        raise typer.Exit(1)
    typer.echo(f"no problems in {source}")


@app.command("pack")
def pack_command(
    source: Annotated[Path, typer.Argument(help="Folder in ImageNet-S layout, or of photographs.")],
    destination: Annotated[
        str, typer.Argument(help="Folder or s3://bucket/prefix; {digest} in it is filled in.")
    ],
) -> None:
    """Pack a folder into tar shards with an index and checksums; print the pointer to them."""
    from pass_ops.data.packing.pack import pack
    from pass_ops.data.packing.tally import tally

    with signals_unwind():
        pointer = pack(source, destination)
    for line in tally(str(source), data_cache()).lines():
        typer.echo(line, err=True)
    typer.echo(pointer.to_json(), nl=False)


@app.command("convert")
def convert_command(
    source: Annotated[Path, typer.Argument(help="Folder of masks, flat or nested.")],
    destination: Annotated[Path, typer.Argument(help="Folder to make.")],
    ignored: Annotated[
        int, typer.Option(help="Value of pixels to ignore; -1 for none.", min=-1, max=255)
    ] = 255,
) -> None:
    """Convert masks, 8-bit grey or palette PNGs of class ids, to the RGB PNGs of ImageNet-S."""
    from pass_ops.data.packing.convert import convert_masks

    with signals_unwind():
        count = convert_masks(source, destination, ignored)
    typer.echo(f"{count} masks in {destination}")


@app.command("prepare")
def prepare_command(
    *,
    subset: Annotated[int, typer.Argument(help="50, 300 or 919.")],
    imagenet: Annotated[Path, typer.Argument(help="Folder of ImageNet-1k, with train and val.")],
    annotations: Annotated[Path, typer.Argument(help="The benchmark's zip, ImageNetS50-….zip.")],
    test_mapping: Annotated[
        Path, typer.Argument(help="The toolbox's ImageNetS_im50_mapping_test.txt.")
    ],
    destination: Annotated[Path, typer.Argument(help="Folder to make, or to go on with.")],
) -> None:
    """Make ImageNet-S50, -S300 or -S919 of a local ImageNet-1k: links to images, and masks."""
    from pass_ops.data.packing.prepare import Sources, prepare
    from pass_ops.data.packing.subsets import SUBSETS
    from pass_ops.errors import ConfigError

    if subset not in SUBSETS:
        raise ConfigError(f"no ImageNet-S{subset}: give 50, 300 or 919")
    sources = Sources(imagenet=imagenet, annotations=annotations, test_mapping=test_mapping)
    with signals_unwind():
        counts = prepare(sources, destination, SUBSETS[subset])
    typer.echo(", ".join(f"{name} {number}" for name, number in counts.items()))


@app.command("synthesize")
def synthesize_command(
    destination: Annotated[Path, typer.Argument(help="Folder to make.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 31,
) -> None:
    """Write the synthetic data set: six classes of shape and texture, 336 small images."""
    from pass_ops.data.synthetic.dataset import write_synthetic

    write_synthetic(destination, seed)
