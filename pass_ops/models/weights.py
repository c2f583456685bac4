"""Weights on disk: a folder with `model.safetensors` and `model.json`.

Jittor 1.3.11's own `load` runs pickled code and is silent on missing or mis-shaped parameters, its
`save` leaves a torn file where it is interrupted.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.schema import build
from pass_ops.engine.jittor import jt, nn
from pass_ops.errors import ArtifactError
from pass_ops.paths import WeightsPath
from pass_ops.storage.atomic import atomic_path

Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class Card:
    """What `model.json` says of the weights beside it.

    Attributes:
        stage: the stage that trained them.
        network: sizes of backbone and heads.
        epoch: number of finished epochs.
        config_digest: hash of the training's settings.
        classes: outputs of a segmenter, background included, or of a classifier; 0 for other
            networks.
        masks: of a segmenter, what made the masks that it was trained on: sam, onnx, classical or
            oracle; "none" where nothing did.
        pooling: of a classifier, plain or attention; empty for other networks.
        label_space: the clustering whose ids the outputs name, if they name any.
        metrics: of that epoch, by name.
    """

    stage: str
    network: NetworkConfig
    epoch: int
    config_digest: str
    classes: int = 0
    label_space: str = ""
    pooling: str = ""
    masks: str = "none"
    metrics: dict[str, float] = field(default_factory=dict)


def arrays_of(module: nn.Module) -> Arrays:
    """Copy every parameter and running statistic out of `module`."""
    return {name: np.array(value.numpy()) for name, value in module.named_parameters()}


def save_weights(folder: WeightsPath, arrays: Arrays, card: Card) -> None:
    """Write both files; the folder appears whole or not at all.

    Args:
        folder: to write.
        arrays: parameters and running statistics by name.
        card: what `model.json` says.
    """
    with atomic_path(folder) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / "model.safetensors")
        text = json.dumps(dataclasses.asdict(card), indent=2, sort_keys=True)
        (temporary / "model.json").write_text(text + "\n")


def load_card(folder: WeightsPath) -> Card:
    """Read `model.json`.

    Raises:
        ArtifactError: the folder holds no weights, or of an unknown kind.
    """
    try:
        values: dict[str, Any] = json.loads((folder / "model.json").read_text())
        return Card(**{**values, "network": build(NetworkConfig, values["network"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{folder} holds no weights ({error}): give the folder that a training stage wrote"
        ) from error


def load_arrays(folder: Path) -> Arrays:
    """Read `model.safetensors` of a folder.

    Raises:
        ArtifactError: there is none, or it is damaged.
    """
    try:
        return dict(load_file(folder / "model.safetensors"))
    except (OSError, SafetensorError) as error:
        raise ArtifactError(
            f"{folder}/model.safetensors cannot be read ({error}): run its stage again"
        ) from error


def fill(*, module: nn.Module, arrays: Arrays, source: Path, partial: tuple[str, ...] = ()) -> None:
    """Copy arrays into the parameters of the same names.

    Args:
        module: whose parameters are set; whether they may learn stays as it is.
        arrays: by name; those that `module` lacks are passed over.
        source: where they come from, for the error.
        partial: prefixes of parameters that may keep their fresh values.

    Raises:
        ArtifactError: a parameter is missing or has another shape.
    """
    problems = []
    for name, parameter in module.named_parameters():
        value = arrays.get(name)
        if value is None:
            if not name.startswith(partial or ("\0",)):
                problems.append(f"{name} is missing")
        elif tuple(value.shape) != tuple(parameter.shape):
            problems.append(f"{name} is {tuple(value.shape)}, wanted {tuple(parameter.shape)}")
        else:
            parameter.update(jt.array(value.astype(np.float32)))
    if problems:
        shown = "; ".join(problems[:3]) + (
            f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        )
        raise ArtifactError(f"{source} holds weights of another network: {shown}")


def fill_part(*, module: nn.Module, prefix: str, arrays: Arrays, source: Path) -> None:
    """Copy a part of a larger network's arrays into a module; errors as in `fill`.

    Args:
        module: whose own names lack the prefix.
        prefix: of the part's names, with its dot.
        arrays: of the larger network, by name.
        source: where they come from, for the error.
    """
    part = {
        name.removeprefix(prefix): value
        for name, value in arrays.items()
        if name.startswith(prefix)
    }
    fill(module=module, arrays=part, source=source)
