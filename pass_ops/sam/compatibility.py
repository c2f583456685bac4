"""Whether tensors are the parameters of a Segment Anything model, and of which one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pass_ops.errors import ArtifactError
from pass_ops.models.files.names import mismatch
from pass_ops.models.files.tensors import Tensors
from pass_ops.sam.network.variants import VARIANTS

if TYPE_CHECKING:
    from pass_ops.sam.network.model import Sam

NAMES = {"vit_b": "ViT-B", "vit_l": "ViT-L", "vit_h": "ViT-H"}
"""What people call the variants."""
ADVICE = "give the weights of the variant asked for"


def recognise(tensors: Tensors) -> str | None:
    """The variant whose tokens are as wide as those of `tensors`, if there is one."""
    embeddings = tensors.get("image_encoder.pos_embed")
    width = () if embeddings is None else embeddings.shape[-1:]
    return next((name for name, config in VARIANTS.items() if (config.width,) == width), None)


def require_match(*, model: Sam, tensors: Tensors, source: Path, variant: str) -> None:
    """Check that tensors are the parameters of a model: every name, no other, each of its shape.

    Args:
        model: of the variant.
        tensors: by name.
        source: file or folder that they come from, which an error names.
        variant: what they must be.

    Raises:
        ArtifactError: in one line the missing, unknown and mis-shaped names; or that it is another
            variant.
    """
    actual = recognise(tensors) or variant
    if actual != variant:
        raise ArtifactError(
            f"{source}: this is {_name(actual)}, asked for {_name(variant)}; {ADVICE}"
        )
    shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    if problems := mismatch(tensors, shapes):
        raise ArtifactError(f"{source}: not the weights of {_name(variant)}: {problems}; {ADVICE}")


def _name(variant: str) -> str:
    """What people call a variant."""
    return NAMES.get(variant, variant)
