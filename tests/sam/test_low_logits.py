"""Low-resolution logits of an image's own."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.pseudo_labels.prompts.candidates import iou
from pass_ops.sam.low_logits import from_low_logits, to_low_logits
from tests.sam.scenes import disc


@pytest.mark.parametrize("shape", [(60, 90), (300, 200), (256, 256)])
def test_the_outline_survives(shape: tuple[int, int]) -> None:
    height, width = shape
    mask = disc(height=height, width=width, x=width // 2, y=height // 3, radius=20)
    low_logits = to_low_logits(np.where(mask, 5, -5).astype(np.float32))
    assert low_logits.shape == (256, 256)
    assert iou(from_low_logits(low_logits, *shape) > 0, mask) > 0.93
