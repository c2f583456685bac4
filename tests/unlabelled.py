"""Images of a data set as they are without its ground truth."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.data.ground_truth import GroundTruth


@dataclass(frozen=True)
class _Names:
    """Where photographs lie, which is all that is known of them."""

    keys: tuple[str, ...]
    categories: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def category(self, _: str) -> str:
        return "album/2019"

    def stem(self, key: str) -> str:
        return f"{key}.jpg"

    def has_mask(self, _: str) -> bool:
        return False

    def read_mask(self, key: str) -> bytes:
        raise AssertionError(f"the mask of {key} was asked for")

    def name(self, key: str) -> str:
        return key


def without_truth(keys: tuple[str, ...], clusters: int) -> GroundTruth:
    """What a set without classes and masks knows of some images.

    Args:
        keys: of the images.
        clusters: how many were made.
    """
    return GroundTruth(_Names(keys), clusters)
