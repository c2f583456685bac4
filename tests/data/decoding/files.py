"""Files of pictures, good ones and crafted ones."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 53, 37

Chunk = tuple[bytes, bytes]


def photograph(noise: float = 9) -> NDArray[np.uint8]:
    """Gradients under noise: every row and column differs."""
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    smooth = np.stack([column * 4, row * 6, column * 2 + row * 2], axis=-1)
    noisy = smooth + np.random.default_rng(5).normal(0, noise, smooth.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file.

    Args:
        image: of a mode that `kind` knows.
        kind: a format that Pillow writes.
        options: of its encoder.
    """
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def png(chunks: Iterable[Chunk]) -> bytes:
    """A PNG of the given chunks, with right lengths and checksums."""
    parts = [
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def header(width: int, height: int, depth: int = 8, colour_type: int = 0) -> Chunk:
    """The first chunk of a PNG.

    Args:
        width, height: in pixels.
        depth: bits of a number.
        colour_type: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.
    """
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)


def pixels(rows: bytes) -> Chunk:
    """The chunk of rows of pixels, each with its filter."""
    return b"IDAT", zlib.compress(rows)


END: Chunk = b"IEND", b""


def chunks_of(data: bytes) -> list[Chunk]:
    """Name and content of each chunk of a good PNG."""
    start, found = 8, list[Chunk]()
    while start < len(data):
        length, name = struct.unpack(">I4s", data[start : start + 8])
        found.append((name, data[start + 8 : start + 8 + length]))
        start += 12 + length
    return found


def resized_header(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header claims another size.

    Args:
        data: a baseline JPEG.
        width, height: what the header shall say, in pixels.
    """
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]
