"""The chunks of a PNG, of which those that make its pixels are handed on."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from pass_ops.data.decoding.picture import Picture, cut, damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"

COLOURS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
"""What a PNG calls by number."""

_NEEDED = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_DENSEST = 1032  # bytes that deflate can make of one: 258 of two bits
_FRAME = 12  # bytes of a chunk beside its content: length, name, checksum


def read_png(data: bytes, name: str) -> Picture:
    """What the header says, and the chunks that make the pixels.

    An animated PNG is its default image; transparency, gamma and profiles are left behind.

    Args:
        data: the file; what follows its end is not looked at.
        name: what an error calls it.

    Raises:
        BadFileError: it breaks off, its checksums differ, or its chunks are out of order.
    """
    chunks = list(_needed_chunks(data, name))
    header = chunks[0][1][8:-4]
    names = [chunk_name for chunk_name, _ in chunks]
    if names[0] != b"IHDR" or names.count(b"IHDR") > 1 or len(header) != 13:
        raise damaged(name, "the PNG does not begin with its header")
    if b"IDAT" not in names:
        raise damaged(name, "the PNG has no pixels")
    width, height, depth, colour_type = struct.unpack(">IIBB", header[:10])
    kind = f"{depth}-bit {COLOURS.get(colour_type, 'unknown')} PNG"
    if colour_type == 3 and b"PLTE" not in names[: names.index(b"IDAT")]:
        raise damaged(name, "the PNG has no palette")
    return Picture(
        kind=kind,
        width=width,
        height=height,
        least_bytes=width * height * depth // 8 // _DENSEST,
        data=SIGNATURE + b"".join(chunk for _, chunk in chunks),
    )


def _needed_chunks(data: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Name and bytes of each chunk that makes pixels, the last of which ends the PNG.

    Args:
        data, name: see `read_png`.
    """
    start, chunk_name = len(SIGNATURE), b""
    while chunk_name != b"IEND":
        if start + _FRAME > len(data):
            raise cut(name)
        length, chunk_name = struct.unpack(">I4s", data[start : start + 8])
        end = start + _FRAME + length
        if end > len(data):
            raise cut(name)
        if chunk_name in _NEEDED:
            # Pillow looks at the header's alone.
            if zlib.crc32(data[start + 4 : end - 4]).to_bytes(4, "big") != data[end - 4 : end]:
                raise damaged(name, f"the checksum of {chunk_name.decode()} differs")
            yield chunk_name, data[start:end]
        # A capital letter says that nobody may pass it over.
        elif chunk_name[:1].isupper():
            raise damaged(name, f"the PNG has a chunk {ascii(chunk_name)[2:-1]}")
        start = end
