"""Pictures in other forms than those that the decoder takes (method 1.4, 1.6)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from pass_ops.data.decoding import jpeg, png
from pass_ops.data.decoding.other_formats import UNKNOWN, describe
from pass_ops.data.decoding.picture import Picture, check_aspect, check_size, damaged
from pass_ops.data.problem import BadFileError, Problem

_DECODERS: dict[str, Callable[[io.BytesIO], ImageFile]] = {
    "a WebP": WebPImageFile,
    "a TIFF": TiffImageFile,
    "a BMP": BmpImageFile,
}
# These decoders and no other: what PIL.Image.open tries may start programs.

_FORMATS = "JPEG, PNG, WebP, TIFF or BMP"
"""What a photograph may be, in words."""

_MODES = frozenset(("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB"))
"""Pillow's names for pixels of 8 bits a channel, or fewer."""


def as_jpeg_or_png(data: bytes, name: str) -> bytes:
    """A photograph as the decoder takes it: WebP, TIFF and BMP become PNG, of several pictures the
    first; JPEG and PNG stay as they are.

    Args:
        data: the file.
        name: what an error calls it.

    Raises:
        BadFileError: a WebP, TIFF or BMP that is not whole, beyond a limit, or of more than 8 bits
            a channel; or it is of another kind, or of none.
    """
    if data.startswith((jpeg.SIGNATURE, png.SIGNATURE)):
        return data
    kind = describe(data)
    if kind == UNKNOWN:
        fix = "replace it with a whole file of one of these"
        raise BadFileError(Problem(name, f"no {_FORMATS}, or its beginning is damaged", fix))
    if kind not in _DECODERS:
        raise BadFileError(Problem(name, f"the image is {kind}", f"store it as 8-bit {_FORMATS}"))
    try:
        # A TIFF's damaged tags would be printed, one line each.
        with warnings.catch_warnings(action="ignore"), _DECODERS[kind](io.BytesIO(data)) as image:
            _check(image=image, kind=kind, data=data, name=name)
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, format="PNG")
            return buffer.getvalue()
    except (BadFileError, MemoryError):
        raise
    # Whatever a damaged file makes the library raise, it is the file's fault.
    except Exception as error:
        raise damaged(name, " ".join(str(error).split()) or type(error).__name__) from error


def decode_indices(data: bytes, name: str) -> NDArray[np.uint8]:
    """The values of an 8-bit grey or palette PNG as stored, uint8 [H, W].

    Args:
        data: the file.
        name: what an error calls it.

    Raises:
        BadFileError: it is of another kind, or not whole.
    """
    kinds = [f"8-bit {colours} PNG" for colours in ("grey", "palette")]
    what = describe(data)
    if data.startswith(png.SIGNATURE):
        picture = png.read_png(data, name)
        what = f"an {picture.kind}"
        if picture.kind in kinds:
            check_size(picture, name)
            return _indices(picture, name)
    fix = f"store it as {' or '.join(kinds)}, each value a class id, 0 the background"
    raise BadFileError(Problem(name, f"the mask is {what}", fix))


def _indices(picture: Picture, name: str) -> NDArray[np.uint8]:
    """The values of a PNG of one channel.

    Args:
        picture: its header was read and found good.
        name: what an error calls the file.
    """
    try:
        with PngImageFile(io.BytesIO(picture.data)) as image:
            return np.array(image, dtype=np.uint8)
    # Whatever a damaged file makes the library raise, it is the file's fault.
    except Exception as error:
        raise damaged(name, " ".join(str(error).split()) or type(error).__name__) from error


def _check(*, image: ImageFile, kind: str, data: bytes, name: str) -> None:
    """Refuse a picture by its header, before memory is taken for its pixels.

    Args:
        image: opened, not decoded.
        kind: of the file, in words.
        data: the file.
        name: what an error calls it.
    """
    picture = Picture(kind=kind, width=image.width, height=image.height, least_bytes=1, data=data)
    check_size(picture, name)
    check_aspect(picture, name)
    if image.mode not in _MODES:
        what = f"the image is {kind} of more than 8 bits a channel ({image.mode})"
        raise BadFileError(Problem(name, what, "store it as 8-bit JPEG or PNG"))
