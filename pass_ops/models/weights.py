"""Weights on disk: a folder with `model.safetensors` and `model.json`.

Jittor 1.3.11's own `load` runs pickled code and is silent on missing or mis-shaped parameters, its
`save` leaves a torn file where it is interrupted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from pass_ops.engine.checkpoints.snapshot import Snapshot, prefixed, under
from pass_ops.engine.jittor import jt, nn
from pass_ops.engine.ranks.world import is_first
from pass_ops.errors import ArtifactError
from pass_ops.models.arrays import load_arrays as load_arrays
from pass_ops.models.card import Card as Card
from pass_ops.models.card import card_text
from pass_ops.models.card import load_card as load_card
from pass_ops.models.files.names import mismatch
from pass_ops.models.files.tensors import Arrays as Arrays
from pass_ops.paths import CARD_FILE, WEIGHTS_FILE, WeightsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of

_NETWORK = "network."


def arrays_of(module: nn.Module) -> Arrays:
    """Copy every parameter and running statistic out of `module`."""
    return {name: np.array(value.numpy()) for name, value in module.named_parameters()}


def save_weights(folder: WeightsPath, arrays: Arrays, card: Card) -> None:
    """Write both files; the folder appears whole or not at all. Of ranks, only the first writes.

    Args:
        folder: to write.
        arrays: parameters and running statistics by name.
        card: what `model.json` says.
    """
    if not is_first():
        return
    with atomic_path(folder, form_of(WeightsPath)) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / WEIGHTS_FILE)
        (temporary / CARD_FILE).write_text(card_text(card))


def fill(*, module: nn.Module, arrays: Arrays, source: Path, partial: tuple[str, ...] = ()) -> None:
    """Copy arrays into the parameters of the same names, or none if one does not fit.

    Args:
        module: whose parameters are set; whether they may learn stays as it is.
        arrays: by name; those that `module` lacks are passed over.
        source: where they come from, for the error.
        partial: prefixes of parameters that may keep their fresh values.

    Raises:
        ArtifactError: a parameter is missing or has another shape.
    """
    parameters = dict(module.named_parameters())
    given = {name: arrays[name] for name in parameters if name in arrays}
    wanted = {
        name: tuple(parameter.shape)
        for name, parameter in parameters.items()
        if name in given or not name.startswith(partial)
    }
    if problems := mismatch(given, wanted):
        raise ArtifactError(f"{source} holds weights of another network: {problems}")
    for name, array in given.items():
        parameters[name].update(jt.array(array.astype(np.float32)))


def network_arrays(module: nn.Module) -> dict[str, NDArray[Any]]:
    """All that a checkpoint holds of a network (`engine.checkpoints`)."""
    return prefixed(_NETWORK, arrays_of(module))


def restore_network(module: nn.Module, snapshot: Snapshot) -> None:
    """Copy a checkpoint's arrays into a network.

    Args:
        module: whose parameters are set.
        snapshot: among whose arrays are those of `network_arrays`.
    """
    arrays = under(_NETWORK, snapshot.arrays)
    fill(module=module, arrays=arrays, source=Path("the checkpoint"))
