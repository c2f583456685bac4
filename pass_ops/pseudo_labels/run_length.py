"""COCO's compressed run-length code of binary masks.

Runs of 0 and 1 alternate, column by column, from a run of 0 that may be empty. Each count is
written in groups of five bits, least first, as characters from "0" on; the sixth bit says that
another group follows. From the fourth count on, the difference to the count two before is written,
in two's complement.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.decoding.picture import MAX_MEGAPIXELS

Mask = NDArray[np.bool_]


def encode(mask: Mask) -> str:
    """The code of a mask, bool [H, W]."""
    flat = np.asarray(mask, dtype=np.bool_).ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    start = [0, 0] if flat.size and flat[0] else [0]
    counts = np.diff(np.concatenate([start, changes, [flat.size]])).tolist()
    characters = []
    for index, count in enumerate(counts):
        value = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            group = value & 31
            value >>= 5
            # The last group's fifth bit is the sign.
            more = value != (-1 if group & 16 else 0)
            characters.append(chr(48 + (group | 32 if more else group)))
    return "".join(characters)


def decode(code: str, height: int, width: int) -> Mask:
    """The mask of a code, bool [height, width].

    Args:
        code: as `encode` writes it.
        height, width: of the mask, in pixels.

    Raises:
        ValueError: the code is broken, or does not fill the size.
    """
    if height * width > MAX_MEGAPIXELS * 1e6:
        raise ValueError(f"{width}x{height} pixels, more than {MAX_MEGAPIXELS} megapixels")
    counts: list[int] = []
    value = shift = 0
    for character in code:
        group = ord(character) - 48
        if not 0 <= group < 64:
            raise ValueError(f"{character!r} is no character of a run-length code")
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    if shift or any(count < 0 for count in counts) or sum(counts) != height * width:
        raise ValueError(f"run-length code of {sum(counts)} pixels, the image has {width}x{height}")
    ones = np.arange(len(counts)) % 2 == 1
    return np.repeat(ones, counts).reshape((height, width), order="F")
