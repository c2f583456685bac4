"""The MLflow store of the local runs, served until Ctrl-C: `python -m pipelines.servers.ui`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from pass_ops.errors import ConfigError, StorageError
from pass_ops.program import run_program
from pass_ops.storage.opening import files_named
from pipelines.servers.claim import claim
from pipelines.servers.endpoints import open_endpoints
from pipelines.servers.signals import sigterm_as_exit
from pipelines.servers.store import store_holder


def serve(state: Path, port: int | None) -> None:
    """Serve a store on the loopback interface until interrupted, or say where it is served now.

    Args:
        state: folder of the stores, `.pass-ops`.
        port: to listen on; a free one if None.

    Raises:
        ConfigError: there is no store yet, `port` is taken, or the store is served on another one.
        StorageError: the store is in use, or the server ended by itself.
    """
    if url := os.environ.get("MLFLOW_TRACKING_URI"):
        raise ConfigError(
            f"MLFLOW_TRACKING_URI={url}: open that, or unset the variable to serve the local store"
        )
    if not (state / "mlflow").is_dir():
        raise ConfigError(f"{state}/mlflow: no run has been recorded yet: make run first")
    holder = store_holder(state / "mlflow")
    if holder is not None and holder.lives:
        served = f"the make run or make ui in progress serves MLflow at {holder.url}"
        if port is not None:
            raise ConfigError(f"PORT={port}: {served}: open that, without PORT")
        print(f"{served}, until it ends", flush=True)
        return
    with claim(state) as killed, open_endpoints(state, port) as endpoints:
        for line in killed:
            print(line, flush=True)
        assert endpoints.own_mlflow is not None  # As MLFLOW_TRACKING_URI is not set.
        print("MLflow starts ...", flush=True)
        endpoints.wait_ready()
        print(f"MLflow is at {endpoints.mlflow_url} (Ctrl-C ends it)", flush=True)
        status = endpoints.own_mlflow.process.process.wait()
        raise StorageError(
            f"MLflow ended with status {status}: see {endpoints.own_mlflow.process.log}"
        )


def ui(
    *,
    port: Annotated[int | None, typer.Option(help="Loopback port. [default: a free one]")] = None,
) -> None:
    """Serve the local runs' MLflow store."""
    # Ctrl-C is how it ends well.
    with suppress(KeyboardInterrupt), sigterm_as_exit(), files_named():
        serve(Path(".pass-ops"), port)


def main(arguments: Sequence[str]) -> int:
    """Serve as the command line says; returns the exit status."""
    return run_program(ui, arguments, "python -m pipelines.servers.ui")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
