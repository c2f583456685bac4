"""A picture that may be decoded, and the limits that keep its cost small (method 1.5)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.data.problem import BadFileError, Problem

MAX_MEGAPIXELS = 64
"""Pixels of a picture, in millions. One takes ten bytes of memory while it is decoded."""

MAX_ASPECT = 30
"""Longer side by shorter side of an image: resized by the shorter side, it grows with this."""

_HERE = "in pass_ops/data/decoding/picture.py"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a file's header says of its picture, and what of the file makes the pixels.

    Attributes:
        kind: format and pixels: "8-bit RGB PNG".
        width, height: as stored.
        least_bytes: no file that is shorter can hold so many pixels.
        data: the file without metadata: no decoder reads what only describes the picture.
    """

    kind: str
    width: int
    height: int
    least_bytes: int
    data: bytes


def check_size(picture: Picture, name: str) -> None:
    """Refuse a picture without pixels, with too many, or with more than its file can hold.

    Args:
        picture: of which the header is known.
        name: of its file.

    Raises:
        BadFileError: names the limit and where it is set, or says that the file breaks off.
    """
    pixels = picture.width * picture.height
    if not pixels:
        raise damaged(name, f"{picture.width}x{picture.height} pixels")
    if pixels > MAX_MEGAPIXELS * 1e6:
        what = (
            f"has {pixels / 1e6:.4g} megapixels, "
            f"the limit is {MAX_MEGAPIXELS} (MAX_MEGAPIXELS {_HERE})"
        )
        raise BadFileError(Problem(name, what, "shrink it"))
    # No memory is taken for pixels that cannot be there.
    if len(picture.data) < picture.least_bytes:
        raise cut(name)


def check_aspect(picture: Picture, name: str) -> None:
    """Refuse an image that is too long for its width: resizing would make it enormous.

    Args:
        picture: of which the header is known.
        name: of its file.

    Raises:
        BadFileError: names the limit and where it is set.
    """
    short, long = sorted((picture.width, picture.height))
    if long > MAX_ASPECT * short:
        what = (
            f"is {picture.width}x{picture.height} pixels, one side {long / short:.4g} times the "
            f"other, the limit is {MAX_ASPECT} (MAX_ASPECT {_HERE})"
        )
        raise BadFileError(Problem(name, what, "crop it"))


def damaged(name: str, reason: str) -> BadFileError:
    """The error for a file that is not whole.

    Args:
        name: of the file.
        reason: what is wrong in it.
    """
    what = f"unreadable or truncated ({reason})"
    return BadFileError(Problem(name, what, "replace it with a whole file"))


def cut(name: str) -> BadFileError:
    """The error for a file that ends before its picture does; `name` is the file's."""
    return damaged(name, "it breaks off before the end of the picture")
