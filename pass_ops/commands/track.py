"""`pass-ops track`: what stages recorded while their MLflow server was away."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from pass_ops.errors import ConfigError

app = typer.Typer(help="What stages recorded for MLflow.", no_args_is_help=True)


@app.callback()
def callback() -> None:
    """Makes Typer keep the name of a single command."""


@app.command("replay")
def replay_command(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder that a stage named when it ended, or the one above it. "
            "[default: PASS_SPOOL, else the one that is used for this server]"
        ),
    ] = None,
) -> None:
    """Send to MLFLOW_TRACKING_URI what stages that have ended could not; nothing is there twice."""
    from pass_ops.tracking.fallback import use_fallback
    from pass_ops.tracking.spool.place import spools
    from pass_ops.tracking.spool.replay import replay
    from pass_ops.tracking.spool.spool import EVENTS

    use_fallback()
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        raise ConfigError("MLFLOW_TRACKING_URI is not set; set it to the server to send to")
    root = folder or spools()
    if not root.is_dir():
        raise ConfigError(f"{root}: no such folder: there is nothing to send")
    count = replay(root.parent if (root / EVENTS).is_file() else root, typer.echo)
    typer.echo(f"{root}: of {count} stages")
