"""Weights of Segment Anything: from the official file to safetensors, and from there into the
model.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from safetensors.numpy import save_file

from pass_ops.config.schema import build
from pass_ops.data.shards import file_sha256
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.models.weights import Arrays, fill, load_arrays
from pass_ops.sam.network.model import Sam
from pass_ops.sam.network.variants import VARIANTS, SamConfig
from pass_ops.sam.official_checkpoint import read_checkpoint
from pass_ops.storage.atomic import atomic_path

NAMES = {"vit_b": "ViT-B", "vit_l": "ViT-L", "vit_h": "ViT-H"}
ADVICE = "give the weights of the variant asked for"


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
    """Read the official file, check it and write `model.safetensors` and `model.json` to the folder
    `destination`.

    Args:
        variant: what the file must be; None takes what it is.

    Raises:
        ArtifactError: see `read_checkpoint` and `require_match`.
        ConfigError: there is no such variant.
    """
    if variant not in (None, *VARIANTS):
        raise ConfigError(f"variant {variant}: unknown; give one of {', '.join(VARIANTS)}")
    arrays = read_checkpoint(source)
    found = variant or recognise(arrays)
    if found is None:
        raise ArtifactError(
            f"{source}: none of {', '.join(NAMES.values())}; give an official checkpoint file"
        )
    config = VARIANTS[found]
    require_match(model=Sam(config), arrays=arrays, source=source, variant=found)
    card = SamCard(variant=found, source=source.name, sha256=file_sha256(source), config=config)
    save_sam(destination, arrays, card)
    return card


def save_sam(folder: Path, arrays: Arrays, card: SamCard) -> None:
    """Write both files; `folder` appears whole or not at all."""
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
        card = build(SamCard, json.loads((folder / "model.json").read_text()))
    except (OSError, ValueError, TypeError, ConfigError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ArtifactError(
            f"{folder}: not Segment Anything's weights ({reason}); make them with pass-ops sam convert"
        ) from error
    return card


def load_sam(folder: Path, variant: str | None = None) -> Sam:
    """Read converted weights for inference.

    Args:
        variant: what they must be; None takes what they are.

    Raises:
        ArtifactError: they aren't there, are another variant's, or don't fit the model.
    """
    card = load_sam_card(folder)
    if variant is not None and variant != card.variant:
        raise ArtifactError(
            f"{folder}: this is {_name(card.variant)}, asked for {_name(variant)}; {ADVICE}"
        )
    model, arrays = Sam(card.config), load_arrays(folder)
    require_match(model=model, arrays=arrays, source=folder, variant=card.variant)
    fill(module=model, arrays=arrays, source=folder)
    model.eval()
    return model


def recognise(arrays: Arrays) -> str | None:
    """The variant whose tokens are as wide as those of `arrays`, if there is one."""
    places = arrays.get("image_encoder.pos_embed")
    width = None if places is None else places.shape[-1]
    return next((name for name, config in VARIANTS.items() if config.width == width), None)


def require_match(*, model: Sam, arrays: Arrays, source: Path, variant: str) -> None:
    """Check that `arrays` are the parameters of `model`: every name, no other, each of its shape.

    Raises:
        ArtifactError: in one line the missing, unknown and mis-shaped names; or that it is another
            variant.
    """
    found = recognise(arrays)
    if found not in (None, variant):
        raise ArtifactError(
            f"{source}: this is {_name(found)}, asked for {_name(variant)}; {ADVICE}"
        )
    wanted = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    problems = [
        *_list("missing", [name for name in wanted if name not in arrays]),
        *_list("unknown", [name for name in arrays if name not in wanted]),
        *_list("of another shape", _misshaped(arrays, wanted)),
    ]
    if problems:
        raise ArtifactError(
            f"{source}: not the weights of {_name(variant)}: {'; '.join(problems)}; {ADVICE}"
        )


def _misshaped(arrays: Arrays, wanted: Mapping[str, tuple[int, ...]]) -> list[str]:
    both = [name for name in wanted if name in arrays and arrays[name].shape != wanted[name]]
    return [f"{name} is {arrays[name].shape}, wanted {wanted[name]}" for name in both]


def _list(what: str, names: Sequence[str]) -> list[str]:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"{what}: {', '.join(names[:3])}{rest}"] if names else []


def _name(variant: str | None) -> str:
    return NAMES.get(variant or "", str(variant))
