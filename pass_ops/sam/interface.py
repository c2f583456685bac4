"""What every promptable segmenter does (method 16.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.box import Box

LOW_SIDE = 256
"""Side in pixels of low-resolution logits, the square that holds the image."""

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """Where an object is, in pixels of the image that was set.

    Attributes:
        points: [n, 2] float32, x (column) and y (row); n may be 0.
        point_labels: [n] int32, 1 inside the object, 0 outside it.
        box: [4] float32, x_min, y_min, x_max, y_max (maxima exclusive); None for no box.
        mask_logits: [256, 256] float32, `low_logits` of an earlier prediction; None for none.
    """

    points: NDArray[np.float32]
    point_labels: NDArray[np.int32]
    box: NDArray[np.float32] | None = None
    mask_logits: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Candidates:
    """Masks that answer one prompt; 3 with `multimask`, 1 without.

    Attributes:
        masks: [m, H, W] bool.
        scores: [m] float32, the predicted IoU in [0, 1] of each mask with the object meant.
        low_logits: [m, 256, 256] float32, to be given as `Prompt.mask_logits` of a second pass.
    """

    masks: NDArray[np.bool_]
    scores: NDArray[np.float32]
    low_logits: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Region:
    """One of the masks that need no prompt.

    Attributes:
        mask: [H, W] bool.
        score: predicted IoU in [0, 1].
        stability: IoU of the mask with itself under shifted thresholds, in [0, 1].
        box: x_min, y_min, x_max, y_max in pixels, maxima exclusive.
    """

    mask: NDArray[np.bool_]
    score: float
    stability: float
    box: Box


class PromptableSegmenter(Protocol):
    """A segmenter that answers prompts about one image at a time.

    Attributes:
        name: of the back end: sam, onnx, classical or oracle; it labels every result that used it.
    """

    name: str

    def set_image(self, key: str, rgb: Rgb) -> None:
        """Make an image the one that prompts refer to.

        Args:
            key: names it, for caches, random numbers and the oracle.
            rgb: [H, W, 3].
        """

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Masks that answer a prompt.

        Args:
            prompt: in pixels of the image that was set.
            multimask: three candidates instead of one.
        """

    def everything(self) -> list[Region]:
        """Masks of all that can be told apart in the image, best first."""
