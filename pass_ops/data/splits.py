"""Names of splits, and of several together."""

from __future__ import annotations

REQUIRED_SPLITS = ("train", "validation", "test")
SPLITS = (*REQUIRED_SPLITS, "train-semi")
HELD_OUT, EVERY = "held_out", "every"
UNIONS = {HELD_OUT: ("validation", "test"), EVERY: REQUIRED_SPLITS}
"""Several splits together: those that are measured and never trained on, and all images."""


def parts_of(split: str) -> tuple[str, ...]:
    """The splits that a name stands for: itself, or several together.

    Args:
        split: of SPLITS or UNIONS.
    """
    return UNIONS.get(split, (split,))
