"""Whether there is room for what a training writes, before it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.schema import build
from pass_ops.engine.checkpoints.place import folder_of_checkpoints
from pass_ops.engine.checkpoints.store import NEWEST
from pass_ops.paths import WEIGHTS_FILE, ClassifierCheckpointsPath, SegmenterCheckpointsPath
from pass_ops.stages.declaration import Declaration
from pass_ops.storage.disk_space import require_room

BACKBONE = {"resnet10": 4.9e6, "resnet18": 11.2e6, "resnet50": 23.6e6}
"""Numbers in a backbone of width 64; they grow with the width's square."""
HANDED_ON: dict[Any, Callable[[Any], int]] = {
    ClassifierCheckpointsPath: lambda config: config.ensemble_epochs,
    SegmenterCheckpointsPath: lambda config: config.checkpoints,
}
"""Weights in an output of a kind, as a training's settings say; of other kinds there is one."""
# The newest ones, and one that is being written.
_STATES = NEWEST + 1


def require_room_for_training(declaration: Declaration, values: Mapping[str, Any]) -> None:
    """Refuse outputs and checkpoints that will not fit on their disks (docs/architecture.md).

    Args:
        declaration: of a training.
        values: of its fields, as `stages.run.run_stage` takes them.

    Raises:
        StorageError: one will not.
    """
    kinds = {port.name: port.kind for port in declaration.ports}
    config = build(kinds["config"], values["config"])
    inputs = [Path(values[port.name]) for port in declaration.inputs if port.is_artifact]
    size = bytes_of(config.network) if hasattr(config, "network") else max(map(_weights_in, inputs))
    what = f"weights of {size / 1e6:.4g} MB"
    handed_on = 0
    for port in declaration.outputs:
        count = HANDED_ON.get(port.kind, lambda _: 1)(config)
        handed_on += count if port.kind in HANDED_ON else 0
        require_room(Path(values[port.name]), count * size, f"{count} x {what}")
    # Of each weight SGD keeps one moving average, AdamW two.
    numbers = _STATES * (3 if config.optimiser.name == "adamw" else 2) + handed_on
    folder = folder_of_checkpoints(Path(values[declaration.outputs[0].name]))
    require_room(folder, numbers * size, f"checkpoints, {numbers} x {what},")


def bytes_of(network: NetworkConfig) -> int:
    """What the weights of step 1 take, about: 4 bytes a number.

    The heads are linear layers between the deepest features and what is `hidden_dim` or `feat_dim`
    long.

    Args:
        network: sizes.
    """
    deep, hidden, feat = network.descriptor_length, network.hidden_dim, network.feat_dim
    heads = hidden * (2 * deep + hidden + 2 * feat) + feat * (network.prototypes + 2 * feat)
    return round(4 * (BACKBONE[network.arch] * (network.width / 64) ** 2 + heads))


def _weights_in(artifact: Path) -> int:
    """Bytes of an artifact's weights, 0 if it has none."""
    weights = artifact / WEIGHTS_FILE
    return weights.stat().st_size if weights.is_file() else 0
