"""Whether tensors are those of a network: every name, no other, each of its shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pass_ops.models.files.tensors import Tensors

SHOWN, LONGEST = 3, 80
"""Names that an error lists of each kind, and characters that it gives of one."""


def mismatch(tensors: Tensors, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """What is missing, unknown and of another shape, in one line; empty if nothing is.

    Args:
        tensors: by name.
        shapes: of the network's parameters, by name.
    """
    misshaped = [
        f"{name} is {tensors[name].shape}, wanted {shape}"
        for name, shape in shapes.items()
        if name in tensors and tensors[name].shape != shape
    ]
    kinds = {
        "missing": [name for name in shapes if name not in tensors],
        "unknown": [name for name in tensors if name not in shapes],
        "of another shape": misshaped,
    }
    return "; ".join(f"{kind}: {listed(names)}" for kind, names in kinds.items() if names)


def listed(names: Iterable[Any]) -> str:
    """The first names, and how many more there are."""
    shown = [str(name)[:LONGEST] for name in names]
    rest = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return f"{', '.join(shown[:SHOWN])}{rest}"
