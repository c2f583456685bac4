"""Weights of Segment Anything: from the official file to safetensors, from there into the model."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from safetensors.numpy import save_file

from pass_ops.config.schema import build
from pass_ops.data.shards import file_sha256
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.models.weights import Arrays, fill, load_arrays
from pass_ops.sam.compatibility import NAMES, recognise, require_match, require_variant
from pass_ops.sam.network.model import Sam
from pass_ops.sam.network.variants import VARIANTS, SamConfig
from pass_ops.sam.official_checkpoint import read_checkpoint
from pass_ops.storage.atomic import atomic_path


@dataclass(frozen=True, kw_only=True)
class SamCard:
    """What `model.json` says of the weights beside it.

    Attributes:
        variant: vit_b, vit_l or vit_h.
        source: name of the file that they were read from.
        sha256: of that file; tells the embeddings of different weights apart.
        config: sizes of the model.
        kind: what tells these weights from those that the stages train.
    """

    variant: str
    source: str
    sha256: str
    config: SamConfig
    kind: str = "segment-anything"


def convert(source: Path, destination: Path, variant: str | None = None) -> SamCard:
    """Read the official file, check it and write it as safetensors; returns what it is.

    Args:
        source: the `.pth` file.
        destination: folder to make, with `model.safetensors` and `model.json`.
        variant: what the file must be; None takes what it is.

    Raises:
        ArtifactError: see `read_checkpoint` and `require_match`.
        ConfigError: there is no such variant.
    """
    if variant not in (None, *VARIANTS):
        raise ConfigError(f"variant {variant}: unknown; give one of {', '.join(VARIANTS)}")
    arrays = read_checkpoint(source)
    variant = variant or recognise(arrays)
    if variant is None:
        raise ArtifactError(
            f"{source}: none of {', '.join(NAMES.values())}; give an official checkpoint file"
        )
    config = VARIANTS[variant]
    require_match(model=Sam(config), arrays=arrays, source=source, variant=variant)
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
    with atomic_path(folder) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / "model.safetensors")
        (temporary / "model.json").write_text(
            json.dumps(dataclasses.asdict(card), indent=2, sort_keys=True) + "\n"
        )


def load_sam_card(folder: Path) -> SamCard:
    """Read `model.json`.

    Raises:
        ArtifactError: the folder doesn't hold converted weights.
    """
    try:
        return build(SamCard, json.loads((folder / "model.json").read_text()))
    except (OSError, ValueError, TypeError, ConfigError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ArtifactError(
            f"{folder}: not Segment Anything's weights ({reason}); "
            "make them with pass-ops sam convert"
        ) from error


def load_sam(folder: Path, variant: str | None = None) -> Sam:
    """Read converted weights for inference.

    Args:
        folder: that `convert` wrote.
        variant: what they must be; None takes what they are.

    Raises:
        ArtifactError: they aren't there, are another variant's, or don't fit the model.
    """
    card = load_sam_card(folder)
    require_variant(source=folder, actual=card.variant, variant=variant or card.variant)
    model, arrays = Sam(card.config), load_arrays(folder)
    require_match(model=model, arrays=arrays, source=folder, variant=card.variant)
    fill(module=model, arrays=arrays, source=folder)
    model.eval()
    return model
