"""How much of everything a split's evaluation is about."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.data.ground_truth import GroundTruth
from pass_ops.evaluation.scoring.reading import Predictions


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Numbers that reports state.

    Attributes:
        classes: K, without the background.
        noun: what these are: classes, or clusters of a set without classes.
        images: of the split.
        masks: of the images; none where they are hidden.
        predictions: label maps.
    """

    classes: int
    noun: str
    images: int
    masks: int
    predictions: int

    @classmethod
    def of(cls, predictions: Predictions, truth: GroundTruth) -> Scope:
        """The numbers of a split.

        Args:
            predictions, truth: of the split.
        """
        return cls(
            classes=len(truth.categories),
            noun="classes" if truth.has_classes else "clusters",
            images=len(truth),
            masks=truth.masks,
            predictions=len(predictions.keys),
        )

    def text(self) -> str:
        """The numbers in words."""
        return (
            f"{self.classes} {self.noun}, {self.images} images, {self.masks} masks, "
            f"{self.predictions} predictions"
        )
