"""Colours of classes, the same in every picture."""

from __future__ import annotations

import colorsys

import numpy as np
import numpy.typing as npt

# Told apart with the usual colour deficiencies, by hue or lightness: Okabe and Ito's seven, then
# indigo, wine and mint.
TEN = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
    "#5B3FD6",
    "#882255",
    "#A8E6CF",
)
GOLDEN_RATIO = 0.618034


def class_colours(classes: int) -> npt.NDArray[np.uint8]:
    """RGB of the classes 1..K, uint8 [K, 3].

    Up to ten come from a fixed list; more are spread over hue by the golden ratio, neighbours at
    different lightness.
    """
    if classes <= len(TEN):
        return np.array([list(bytes.fromhex(code[1:])) for code in TEN[:classes]], dtype=np.uint8)
    steps = range(classes)
    colours = [
        colorsys.hls_to_rgb(i * GOLDEN_RATIO % 1, (0.42, 0.58, 0.74)[i % 3], 0.75) for i in steps
    ]
    return (np.array(colours) * 255).round().astype(np.uint8)
