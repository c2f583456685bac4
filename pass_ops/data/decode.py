"""The one decoder of images and masks (method 1.5).

JPEG and PNG are told by their content. EXIF orientation, colour profiles and transparency are
ignored, colours become RGB, and height and width are those stored in the file.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.codec import decode_labels
from pass_ops.data.decoding import jpeg, png
from pass_ops.data.decoding.other_formats import describe
from pass_ops.data.decoding.picture import Picture, check_aspect, check_size, cut
from pass_ops.data.decoding.pixels import decode_fast, decode_pixels, reduction
from pass_ops.data.ids import LabelMap
from pass_ops.data.problem import BadFileError, Problem

_IMAGES = {
    *(f"8-bit {colours} JPEG" for colours in jpeg.COLOURS.values()),
    *(f"{depth}-bit {colours} PNG" for depth in (1, 2, 4, 8) for colours in png.COLOURS.values()),
}
"""All that is decoded. Sixteen bits are not: Pillow would make white of grey."""

_STORE_IMAGE = "store it as 8-bit JPEG or PNG"
_MASK = "8-bit RGB PNG"
_STORE_MASK = f"store it as {_MASK}, id = R + 256*G"


def decode_image(data: bytes, name: str, side: int | None = None) -> NDArray[np.uint8]:
    """An image as RGB, uint8 [H, W, 3].

    Args:
        data: the file, a JPEG or PNG.
        name: what an error calls it.
        side: what the shorter side will be shrunk to, in pixels: a JPEG that is several times as
            large comes at a half, a quarter or an eighth of its size, of which less is computed.

    Raises:
        BadFileError: the file is not whole, of a kind that is not decoded, or beyond a limit.
    """
    picture = _read_image(data, name)
    return decode_fast(picture, name, 1 if side is None else reduction(picture, side))


def check_image(data: bytes, name: str) -> tuple[int, int]:
    """Decode an image, and look closer than training does; returns (width, height).

    Args:
        data: the file, a JPEG or PNG.
        name: what an error calls it.

    Raises:
        BadFileError: as in `decode_image`; or a JPEG was cut off and closed again, so that a
            decoder fills the rest with grey.
    """
    picture = _read_image(data, name)
    pixels = decode_pixels(picture, name)
    if data.startswith(jpeg.SIGNATURE):
        filled = replace(picture, data=jpeg.with_filling(picture))
        if not np.array_equal(pixels, decode_pixels(filled, name)):
            raise cut(name)
    return picture.width, picture.height


def image_size(data: bytes, name: str) -> tuple[int, int]:
    """Stored (width, height) in pixels, without decoding them.

    Args:
        data: the file, a JPEG or PNG.
        name: what an error calls it.

    Raises:
        BadFileError: see `decode_image`.
    """
    picture = _read_image(data, name)
    return picture.width, picture.height


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
    # Decoded as an image, a palette or 16 bits would become 8-bit RGB, and the ids would be wrong.
    picture = _read(data=data, name=name, what="mask", kinds={_MASK}, fix=_STORE_MASK)
    return decode_pixels(picture, name)


def _read_image(data: bytes, name: str) -> Picture:
    """An image's header, within the limits.

    Args:
        data, name: see `decode_image`.
    """
    picture = _read(data=data, name=name, what="image", kinds=_IMAGES, fix=_STORE_IMAGE)
    check_aspect(picture, name)
    return picture


def _read(*, data: bytes, name: str, what: str, kinds: Container[str], fix: str) -> Picture:
    """A picture's header, before memory is taken for its pixels.

    Args:
        data: the file.
        name: what an error calls it.
        what: image or mask.
        kinds: those that are decoded.
        fix: what to do with a file of another kind.
    """
    if data.startswith(png.SIGNATURE):
        picture = png.read_png(data, name)
    elif data.startswith(jpeg.SIGNATURE):
        picture = jpeg.read_jpeg(data, name)
    else:
        raise BadFileError(Problem(name, f"the {what} is {describe(data)}", fix))
    if picture.kind not in kinds:
        article = "an" if picture.kind.startswith("8") else "a"
        raise BadFileError(Problem(name, f"the {what} is {article} {picture.kind}", fix))
    check_size(picture, name)
    return picture
