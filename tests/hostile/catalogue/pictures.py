"""Images and masks: other formats, bombs, files that were cut and closed again."""

from __future__ import annotations

import struct

import numpy as np
from PIL import Image

from pass_ops.data.codec import encode_mask
from tests.data.decoding.files import (
    END,
    chunks_of,
    encoded,
    header,
    photograph,
    pixels,
    png,
    resized_header,
)

_IMAGE = Image.fromarray(photograph())
_PNG, _JPEG = encoded(_IMAGE, "PNG"), encoded(_IMAGE, "JPEG")
_PROGRESSIVE = encoded(_IMAGE, "JPEG", progressive=True)
_CHUNKS = chunks_of(_PNG)


def _without(name: bytes) -> bytes:
    return png(chunk for chunk in _CHUNKS if chunk[0] != name)


_FRAME = _JPEG[_JPEG.index(b"\xff\xc0") :][:19]
_FORMATS = (
    *("GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "EPS", "PDF", "JPEG2000", "ICO", "PCX", "DDS"),
)

IMAGES: dict[str, bytes] = {
    **{f"a {form}": encoded(_IMAGE, form) for form in _FORMATS},
    "PostScript that runs": b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%true) (w) file\n",
    "SVG with an entity": b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "/etc/passwd">]>',
    "nothing": b"",
    "a PNG's signature": _PNG[:8],
    "a JPEG's signature": _JPEG[:3],
    "16 bits": encoded(Image.fromarray(np.zeros((4, 4), np.uint16)), "PNG"),
    "16 bits, colour": png([header(2, 1, 16, 2), pixels(b"\0" + bytes(12)), END]),
    "a PNG of terapixels": png([header(2**20, 2**20), pixels(b"\0"), END]),
    "a PNG of 65 megapixels": png([header(8125, 8000), pixels(bytes(9)), END]),
    "a PNG without pixels": png([header(0, 5), pixels(b""), END]),
    "a PNG of more than the file": png([header(9000, 7000), pixels(b"\0"), END]),
    "a thin PNG": png([header(3100, 100), pixels(bytes(9)), END]),
    "a PNG without a header": _without(b"IHDR"),
    "a PNG without data": _without(b"IDAT"),
    "a PNG without an end": _without(b"IEND"),
    "a PNG of two headers": png([_CHUNKS[0], *_CHUNKS]),
    "a PNG without a palette": png([header(4, 1, 8, 3), pixels(bytes(5)), END]),
    "a PNG of colours not in its palette": png(
        [header(2, 1, 8, 3), (b"PLTE", bytes(3)), pixels(b"\0\x00\x09"), END]
    ),
    "a PNG of 3 bits": png([header(4, 1, 3), pixels(bytes(5)), END]),
    "a PNG of an unknown colour": png([header(4, 1, 8, 5), pixels(bytes(5)), END]),
    "a PNG with an unknown critical chunk": png([_CHUNKS[0], (b"EVIL", b"x"), *_CHUNKS[1:]]),
    "a PNG with a wrong checksum": _PNG.replace(b"IDAT", b"IDAU", 1),
    "a PNG chunk of gigabytes": _PNG[:33] + struct.pack(">I", 2**31) + _PNG[37:],
    "a PNG, cut": _PNG[: len(_PNG) // 2],
    "a JPEG, cut": _JPEG[: len(_JPEG) // 2],
    "a JPEG, cut and closed": _JPEG[: len(_JPEG) // 2] + b"\xff\xd9",
    "a progressive JPEG without its last scan": _PROGRESSIVE[: _PROGRESSIVE.rindex(b"\xff\xda")]
    + b"\xff\xd9",
    "a JPEG of a thousand scans": _PROGRESSIVE[:-2]
    + _PROGRESSIVE[_PROGRESSIVE.rindex(b"\xff\xda") : -2] * 1000
    + b"\xff\xd9",
    "a JPEG of 4 gigapixels": resized_header(_JPEG, 65_000, 65_000),
    "a JPEG of no pixels": resized_header(_JPEG, 0, 9),
    "a thin JPEG": resized_header(_JPEG, 3100, 100),
    "a JPEG of two frames": _JPEG.replace(_FRAME, _FRAME * 2),
    "an arithmetic JPEG": _JPEG.replace(b"\xff\xc0", b"\xff\xc9", 1),
    "a lossless JPEG": _JPEG.replace(b"\xff\xc0", b"\xff\xc3", 1),
    "a JPEG of 12 bits": _JPEG.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c", 1),
    "a JPEG without tables": _JPEG.replace(b"\xff\xdb", b"\xff\xe1"),
    "a JPEG without a picture": b"\xff\xd8\xff\xd9",
    "a JPEG segment without a length": _JPEG.replace(b"\xff\xdb\0", b"\xff\xdb\0\1", 1),
}

MASKS: dict[str, bytes] = {
    "a JPEG": _JPEG,
    "grey": encoded(Image.fromarray(np.zeros((4, 4), np.uint8)), "PNG"),
    "with a palette": encoded(_IMAGE.quantize(7), "PNG"),
    "with transparency": encoded(_IMAGE.convert("RGBA"), "PNG"),
    "blue": encoded(Image.new("RGB", (4, 4), (1, 0, 1)), "PNG"),
    "of a class too many": encode_mask(np.full((4, 4), 7, np.int32)),
    "of 255 for ignored pixels": encode_mask(np.full((4, 4), 255, np.int32)),
    "of uncertain pixels": encode_mask(np.full((4, 4), 65535, np.int32)),
    "cut": encode_mask(np.zeros((40, 40), np.int32))[:-20],
}
"""Masks of a set of six classes."""
