"""How many ranks a training has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.engine.gpu import DEVICES, cuda_compiler, gpu_count
from pass_ops.engine.ranks.world import size
from pass_ops.errors import ConfigError

RANKS = "PASS_RANKS"
"""Environment variable: how many processes share a training; by default one for each GPU."""


def rank_count(devices: Path = DEVICES) -> int:
    """How many ranks this process is to start for a training; 1 for none.

    Args:
        devices: folder of the device files.

    Raises:
        ConfigError: no number; this process was itself started by MPI.
    """
    text = os.environ.get(RANKS, "")
    if size() > 1:
        raise ConfigError(
            f"this is one of {size()} processes of mpirun, which would do the same work: run it "
            f"without mpirun, and with {RANKS}={size()}"
        )
    if not text:
        return gpu_count(devices) if cuda_compiler(os.environ, devices) else 1
    if not text.isdecimal() or int(text) == 0:
        raise ConfigError(f"{RANKS}={text}: give a number of processes, 1 or more")
    return int(text)


def require_mpi(ranks: int) -> None:
    """Refuse more than one rank where MPI is not installed.

    Args:
        ranks: how many there shall be.

    Raises:
        ConfigError: it is not.
    """
    # Jittor compiles what it calls MPI with by the second.
    absent = [name for name in ("mpirun", "mpicc") if shutil.which(name) is None]
    if ranks > 1 and absent:
        raise ConfigError(
            f"{' and '.join(absent)}: no such program, which {ranks} processes for a training "
            f"need; install it (apt-get install openmpi-bin libopenmpi-dev), or set {RANKS}=1"
        )


def require_even_batches(stages: Mapping[str, Mapping[str, Any]], ranks: int) -> None:
    """Refuse settings of a run with a training whose batches ranks cannot share evenly.

    Args:
        stages: settings of every stage, by its key.
        ranks: how many there are.

    Raises:
        ConfigError: see `require_even_batch`.
    """
    for name, values in stages.items():
        if "optimiser" in values:
            require_even_batch(stage=name, settings=values, ranks=ranks)


def require_even_batch(*, stage: str, settings: Mapping[str, Any], ranks: int) -> None:
    """Refuse batches that ranks cannot share evenly, in the parts that each computes of its own.

    Args:
        stage: that has them.
        settings: of the training.
        ranks: how many there are.

    Raises:
        ConfigError: some would get more than others.
    """
    batch_size, parts = settings["batch_size"], settings["optimiser"]["accumulate"]
    if batch_size % (ranks * parts):
        each = f", each in {parts} parts" if parts > 1 else ""
        raise ConfigError(
            f"{stage}: a batch of {batch_size} images is not to be shared evenly by {ranks} "
            f"processes{each}: make batch_size a multiple of {ranks * parts}, or change {RANKS} "
            "(on a cluster placement.train_gpus or train_pods)"
        )
