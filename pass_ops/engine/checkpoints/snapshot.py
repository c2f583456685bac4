"""The state of a training between two steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that a training's next step depends on, but for settings and data.

    Attributes:
        arrays: weights, the optimiser's and others, by name; copies, which no step changes.
        values: what JSON can say, by name.
        folders: weights that the training has kept for its outputs; each is whole and stays as it
            is.
    """

    arrays: Arrays = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()

    @property
    def is_finite(self) -> bool:
        """Whether no array holds NaN or an infinity, with which no training could go on."""
        return all(np.isfinite(array).all() for array in self.arrays.values())


def prefixed(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    """Arrays under longer names.

    Args:
        prefix: what their names will begin with.
        arrays: by name.
    """
    return {f"{prefix}{name}": array for name, array in arrays.items()}


def under(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    """Those arrays whose names begin with a prefix, under the rest of their names.

    Args:
        prefix: see `prefixed`.
        arrays: by name.
    """
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
