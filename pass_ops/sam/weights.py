"""Weights of Segment Anything: from the official file to safetensors, from there into the model."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.numpy import save_file

from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.models.files.names import listed
from pass_ops.models.files.read import read_weights
from pass_ops.models.files.tensors import Arrays, to_float32
from pass_ops.paths import CARD_FILE, WEIGHTS_FILE, SamWeightsPath
from pass_ops.sam.card import SamCard, load_sam_card
from pass_ops.sam.compatibility import NAMES, recognise, require_match
from pass_ops.sam.network.variants import VARIANTS
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.kinds import form_of

if TYPE_CHECKING:
    from pass_ops.sam.network.model import Sam


def convert(source: Path, destination: Path, variant: str | None = None) -> SamCard:
    """Read the official file, check it and write it as safetensors; returns what it is.

    Args:
        source: the `.pth` file; its tensors may be wrapped, and of any floating-point numbers.
        destination: folder to make, with `model.safetensors` and `model.json`.
        variant: what the file must be; None takes what it is.

    Raises:
        ArtifactError: see `read_weights`, `require_match` and `to_float32`.
        ConfigError: there is no such variant.
    """
    if variant not in (None, *VARIANTS):
        raise ConfigError(f"variant {variant}: unknown; give one of {', '.join(VARIANTS)}")
    tensors = read_weights(source).tensors
    variant = variant or recognise(tensors)
    if variant is None:
        raise ArtifactError(
            f"{source}: none of {', '.join(NAMES.values())}, but {listed(tensors)}; "
            "give an official checkpoint file"
        )
    # Jittor may compile for minutes when it is imported: not before the file has been looked at.
    from pass_ops.sam.network.model import Sam

    config = VARIANTS[variant]
    require_match(model=Sam(config), tensors=tensors, source=source, variant=variant)
    # Not before: parts of a storage take memory of their own from here on.
    arrays = to_float32(tensors, source)
    card = SamCard(variant=variant, source=source.name, sha256=file_sha256(source), config=config)
    save_sam(destination, arrays, card)
    return card


def save_sam(folder: Path, arrays: Arrays, card: SamCard) -> None:
    """Write both files.

    Args:
        folder: appears whole or not at all.
        arrays: the parameters by name.
        card: what they are.
    """
    with atomic_path(folder, form_of(SamWeightsPath)) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / WEIGHTS_FILE)
        (temporary / CARD_FILE).write_text(
            json.dumps(dataclasses.asdict(card), indent=2, sort_keys=True) + "\n"
        )


def load_sam(folder: Path) -> Sam:
    """Read converted weights for inference.

    Args:
        folder: that `convert` wrote.

    Raises:
        ArtifactError: they aren't there, or don't fit the model that the folder names.
    """
    from pass_ops.models.weights import fill, load_arrays
    from pass_ops.sam.network.model import Sam

    card = load_sam_card(folder)
    model, arrays = Sam(card.config), load_arrays(folder)
    require_match(model=model, tensors=arrays, source=folder, variant=card.variant)
    fill(module=model, arrays=arrays, source=folder)
    model.eval()
    return model
