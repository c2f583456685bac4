"""The settings that many stages share, and that a run gives to all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.compat import COMPAT
from pass_ops.config.schema import limited

HIGHEST_SEED = 2**32 - 1
"""The largest that NumPy takes."""


@dataclass(frozen=True, kw_only=True)
class CommonConfig:
    """Of every stage that has settings of these names.

    Attributes:
        seed: of every random choice.
        compat: see `config.compat`.
    """

    seed: int = limited(default=31, low=0, high=HIGHEST_SEED)
    compat: str = limited(default="fixed", choices=COMPAT)
