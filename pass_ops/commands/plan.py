"""`pass-ops plan`: what a run of the training pipeline will take."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pass_ops.commands.options import CompatOption, OverridesOption, SeedOption
from pass_ops.commands.overrides import parse_overrides
from pass_ops.config.resolve import profiles, resolve
from pass_ops.data.locate import locate
from pass_ops.graph.loops import parse_loops
from pass_ops.planning.plan import Node, plan
from pass_ops.planning.sets import known_set, scope_of
from pass_ops.planning.table import summary, table


def plan_command(
    *,
    profile: Annotated[str, typer.Argument(help=f"One of {', '.join(profiles())}.")],
    data: Annotated[
        str | None, typer.Option(help="Data set whose images are counted: folder or s3://…")
    ] = None,
    images: Annotated[
        int | None, typer.Option(min=1, help="Training images instead of the profile's set's.")
    ] = None,
    gpus: Annotated[
        int, typer.Option(min=1, help="GPUs of a training; other stages have one.")
    ] = 1,
    cores: Annotated[int, typer.Option(min=1, help="CPUs with each GPU.")] = 16,
    price: Annotated[float, typer.Option(min=0, help="Of a GPU with its CPUs, an hour.")] = 0.0,
    masks: Annotated[
        Literal["classical", "sam", "onnx"], typer.Option(help="What makes masks.")
    ] = "classical",
    shards: Annotated[
        str,
        typer.Option(
            metavar="STAGE=NUMBER ...",
            help="Pods that share the work of a stage, as for `make compile`: predict_split=8/4.",
        ),
    ] = "",
    overrides: OverridesOption = None,
    seed: SeedOption = 31,
    compat: CompatOption = "fixed",
) -> None:
    """Print hours, money, storage and requests of every stage of a run, before it begins."""
    loops = parse_loops(shards)
    settings = resolve(
        profile=profile, overrides=parse_overrides(overrides or ()), seed=seed, compat=compat
    )
    if data is None:
        counts, categories = known_set(profile, images)
    else:
        pointer = locate(data)
        counts, categories = pointer.counts, pointer.categories
    scope = scope_of(settings=settings, counts=counts, categories=categories, masks=masks)
    planned = plan(scope, Node(gpus=gpus, cores=cores, price=price), loops)
    typer.echo(table(planned).text())
    typer.echo(summary(planned))
