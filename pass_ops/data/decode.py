"""The one decoder of images and masks (method 1.5).

EXIF orientation is ignored, colours become RGB, and height and width are those stored in the file.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.codec import decode_labels
from pass_ops.data.ids import LabelMap
from pass_ops.data.problem import BadFileError, Problem

_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    EOFError,
    Image.DecompressionBombError,
)
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_PNG_RGB = (8, 2)  # bit depth and colour type in the PNG header


def decode_image(data: bytes, name: str) -> NDArray[np.uint8]:
    """An image as RGB, uint8 [H, W, 3].

    Args:
        data: the file, of any format that Pillow reads.
        name: what an error calls it.

    Raises:
        BadFileError: the image is truncated or not an image.
    """
    # Pillow is content with a PNG that breaks off behind its last pixel.
    if data.startswith(_PNG) and _PNG_END not in data:
        raise _unreadable(name, EOFError("the end of the PNG is missing"))
    try:
        with Image.open(io.BytesIO(data)) as image:
            return np.array(image.convert("RGB"))
    except _UNREADABLE as error:
        raise _unreadable(name, error) from error


def image_size(data: bytes, name: str) -> tuple[int, int]:
    """Stored (width, height) in pixels, from the header alone.

    Args:
        data: the file, or as much of it as holds the header.
        name: what an error calls it.

    Raises:
        BadFileError: the header is not an image's.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except _UNREADABLE as error:
        raise _unreadable(name, error) from error


def decode_mask(data: bytes, name: str) -> LabelMap:
    """Label ids in the mask, int32 [H, W] in 0..65535 (method 1.4).

    Args:
        data: the file, an 8-bit RGB PNG.
        name: what an error calls it.

    Raises:
        BadFileError: the mask is truncated, not an 8-bit RGB PNG, or its blue channel is not 0.
    """
    try:
        return decode_labels(decode_mask_colours(data, name))
    except ValueError as error:
        raise BadFileError(
            Problem(name, str(error), "write ids as R + 256*G with B = 0")
        ) from error


def decode_mask_colours(data: bytes, name: str) -> NDArray[np.uint8]:
    """The mask's colours as stored, uint8 [H, W, 3].

    Args:
        data: the file, an 8-bit RGB PNG.
        name: what an error calls it.

    Raises:
        BadFileError: the mask is truncated or not an 8-bit RGB PNG.
    """
    # Pillow would turn a palette or 16 bits into 8-bit RGB without a word, and the ids would be
    # wrong.
    if data.startswith(_PNG) and tuple(data[24:26]) not in (_PNG_RGB, ()):
        raise BadFileError(
            Problem(
                name, f"the mask is {_png_kind(data)}", "store it as 8-bit RGB PNG, id = R + 256*G"
            )
        )
    colours = decode_image(data, name)
    if not data.startswith(_PNG):
        raise BadFileError(
            Problem(name, "the mask is not a PNG", "store it as 8-bit RGB PNG, id = R + 256*G")
        )
    return colours


def _png_kind(data: bytes) -> str:
    """What the header of a PNG says of its pixels: "a 16-bit RGB PNG"."""
    depth, colour_type = data[24], data[25]
    kinds = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
    return f"a {depth}-bit {kinds.get(colour_type, 'unknown')} PNG"


def _unreadable(name: str, error: Exception) -> BadFileError:
    """The error for a file that cannot be decoded.

    Args:
        name: of the file.
        error: what the decoder raised.
    """
    reason = " ".join(str(error).split())
    # Pillow names its own buffer, which tells the user nothing.
    if not reason or "BytesIO" in reason:
        reason = "not an image"
    return BadFileError(
        Problem(name, f"unreadable or truncated ({reason})", "replace it with a whole file")
    )
