"""Whether arrays are the parameters of a Segment Anything model, and of which one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pass_ops.errors import ArtifactError
from pass_ops.models.weights import Arrays
from pass_ops.sam.network.model import Sam
from pass_ops.sam.network.variants import VARIANTS

NAMES = {"vit_b": "ViT-B", "vit_l": "ViT-L", "vit_h": "ViT-H"}
"""What people call the variants."""
ADVICE = "give the weights of the variant asked for"
SHOWN = 3
"""Names that an error lists of each kind."""


def recognise(arrays: Arrays) -> str | None:
    """The variant whose tokens are as wide as those of `arrays`, if there is one."""
    embeddings = arrays.get("image_encoder.pos_embed")
    width = None if embeddings is None else embeddings.shape[-1]
    return next((name for name, config in VARIANTS.items() if config.width == width), None)


def require_match(*, model: Sam, arrays: Arrays, source: Path, variant: str) -> None:
    """Check that arrays are the parameters of a model: every name, no other, each of its shape.

    Args:
        model: of the variant.
        arrays: by name.
        source: file or folder that they come from, which an error names.
        variant: what they must be.

    Raises:
        ArtifactError: in one line the missing, unknown and mis-shaped names; or that it is another
            variant.
    """
    require_variant(source=source, actual=recognise(arrays) or variant, variant=variant)
    shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    problems = [
        *_listing("missing", [name for name in shapes if name not in arrays]),
        *_listing("unknown", [name for name in arrays if name not in shapes]),
        *_listing("of another shape", _shape_problems(arrays, shapes)),
    ]
    if problems:
        raise ArtifactError(
            f"{source}: not the weights of {_name(variant)}: {'; '.join(problems)}; {ADVICE}"
        )


def require_variant(*, source: Path, actual: str, variant: str) -> None:
    """Refuse weights of another variant.

    Args:
        source: file or folder of the weights, which an error names.
        actual: what they are.
        variant: what they must be.

    Raises:
        ArtifactError: the two differ.
    """
    if actual != variant:
        raise ArtifactError(
            f"{source}: this is {_name(actual)}, asked for {_name(variant)}; {ADVICE}"
        )


def _shape_problems(arrays: Arrays, shapes: Mapping[str, tuple[int, ...]]) -> list[str]:
    """The arrays that have another shape than the parameters of their names, one line each.

    Args:
        arrays: by name.
        shapes: of the parameters, by name.
    """
    return [
        f"{name} is {arrays[name].shape}, wanted {shape}"
        for name, shape in shapes.items()
        if name in arrays and arrays[name].shape != shape
    ]


def _listing(what: str, names: Sequence[str]) -> list[str]:
    """At most one line that lists the first names and counts the rest.

    Args:
        what: is the matter with them.
        names: none for no line.
    """
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return [f"{what}: {', '.join(names[:SHOWN])}{rest}"] if names else []


def _name(variant: str) -> str:
    """What people call a variant."""
    return NAMES.get(variant, variant)
