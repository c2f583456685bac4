"""The decoders that are used, and what they raise.

OpenCV's decoder of JPEG gives the same pixels as Pillow's, as both are libjpeg-turbo, in half the
time. It has no CMYK that is Pillow's, and writes a line to standard error, without the file's name,
where a file's numbers are damaged.
"""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from pass_ops.data.decoding.picture import Picture, damaged
from pass_ops.data.problem import BadFileError, Problem

_LONGEST = 200
"""Characters of the library's words that a line repeats."""


_REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
"""How OpenCV calls what fractions of a JPEG's size it decodes at."""

_SPARE = 2
"""How many times larger than it is needed a JPEG is decoded at least: then its reduction changes
less of what the resize gives than another filter of the resize would."""


def reduction(picture: Picture, side: int) -> int:
    """The fraction of its size, 1, 2, 4 or 8, that a picture may be decoded at.

    Args:
        picture: of which the header is known.
        side: what its shorter side will be shrunk to, in pixels.
    """
    if not picture.kind.endswith("JPEG"):
        return 1
    short = min(picture.width, picture.height)
    return max(factor for factor in _REDUCED if factor == 1 or short >= _SPARE * side * factor)


def decode_fast(picture: Picture, name: str, factor: int = 1) -> NDArray[np.uint8]:
    """The picture as RGB, uint8 [⌈H / factor⌉, ⌈W / factor⌉, 3].

    Args:
        picture: its header was read and found good.
        name: what an error calls the file.
        factor: 1, or a `reduction` of a JPEG.

    Raises:
        BadFileError: see `decode_pixels`.
    """
    if picture.kind.endswith(("grey JPEG", "colour JPEG")):
        flags = _REDUCED[factor] | cv2.IMREAD_COLOR_RGB
        pixels = cv2.imdecode(np.frombuffer(picture.data, np.uint8), flags)
        if pixels is not None:
            return np.asarray(pixels, np.uint8)
    return decode_pixels(picture, name)


def decode_pixels(picture: Picture, name: str) -> NDArray[np.uint8]:
    """The picture as RGB, uint8 [H, W, 3], decoded by Pillow.

    Args:
        picture: its header was read and found good.
        name: what an error calls the file.

    Raises:
        BadFileError: the numbers are damaged or too few.
    """
    # These two decoders and no other: what PIL.Image.open tries may start programs.
    decoder = PngImageFile if picture.kind.endswith("PNG") else JpegImageFile
    try:
        with decoder(io.BytesIO(picture.data)) as image:
            if image.palette and np.asarray(image).max() >= len(image.palette.palette) // 3:
                raise ValueError("a pixel's colour is not in the palette")
            return np.array(image if image.mode == "RGB" else image.convert("RGB"))
    except MemoryError as error:
        what = f"needs more memory than there is for {picture.width}x{picture.height} pixels"
        raise BadFileError(Problem(name, what, "shrink it, or give the task more")) from error
    # Whatever a damaged file makes the library raise, it is the file's fault.
    except Exception as error:
        reason = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
        raise damaged(name, reason) from error
