"""The two decoders of Pillow that are used, and what they raise."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from pass_ops.data.decoding.picture import Picture, damaged
from pass_ops.data.problem import BadFileError, Problem

_LONGEST = 200
"""Characters of the library's words that a line repeats."""


def decode_pixels(picture: Picture, name: str) -> NDArray[np.uint8]:
    """The picture as RGB, uint8 [H, W, 3].

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
