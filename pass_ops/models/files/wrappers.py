"""Named tensors, out of the dictionaries and prefixes that training programs wrap them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pass_ops.errors import ArtifactError
from pass_ops.models.files.names import listed

WRAPPERS = ("state_dict", "model", "model_state_dict", "network", "net", "weights")
"""Keys that programs keep weights under, beside an epoch and an optimiser."""
PREFIXES = (
    "module.",
    "model.",
    "backbone.",
    "network.",
    "net.",
    "sam.",
    "sam_model.",
    "_orig_mod.",
)
"""With which all names begin after data-parallel training, compilation, or as part of another
network."""
DEPTH = 3
"""Wrappers around each other that are opened."""


class Unwrapped(NamedTuple):
    """What lay inside.

    Attributes:
        tensors: by name, without what all names began with.
        wrapping: keys and beginnings that were taken off, from the outside to the inside.
    """

    tensors: dict[str, Any]
    wrapping: tuple[str, ...]


def unwrap(content: Any, tensor: type[Any]) -> Unwrapped:
    """Find the named tensors in what a checkpoint holds.

    Args:
        content: of the checkpoint.
        tensor: class of a tensor.

    Raises:
        ArtifactError: there are none, or several sets of them; without the file's name.
    """
    wrapping = []
    for _ in range(DEPTH):
        if not isinstance(content, dict) or any(
            isinstance(value, tensor) for value in dict.values(content)
        ):
            break
        key = _wrapper(content)
        wrapping.append(f"key {key}")
        content = content[key]
    if not isinstance(content, dict):
        raise ArtifactError("holds something else than named tensors")
    others = [
        name
        for name, value in dict.items(content)
        if not isinstance(name, str) or not isinstance(value, tensor)
    ]
    if others:
        raise ArtifactError(f"holds something else than named tensors: {listed(others)}")
    tensors = dict(dict.items(content))
    while prefix := _common_prefix(tensors):
        wrapping.append(f"prefix {prefix}")
        tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
    return Unwrapped(tensors, tuple(wrapping))


def _wrapper(content: dict[Any, Any]) -> str:
    """The one key of a dictionary without tensors that weights are kept under."""
    inner = [key for key, value in dict.items(content) if isinstance(value, dict) and value]
    known = [key for key in WRAPPERS if key in inner]
    if len(known) == 1:
        return known[0]
    where = f": the weights may lie under {listed(known or inner)}; save one alone" if inner else ""
    raise ArtifactError(f"holds something else than named tensors{where}")


def _common_prefix(names: Iterable[str]) -> str:
    """The known prefix that all names begin with, if there is one."""
    every = list(names)
    return next(
        (prefix for prefix in PREFIXES if every and all(name.startswith(prefix) for name in every)),
        "",
    )
