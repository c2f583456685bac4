"""The chunks of a PNG: what makes its pixels, and nothing else."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pass_ops.data.decoding.png import read_png
from pass_ops.data.problem import BadFileError
from tests.data.decoding.files import (
    END,
    HEIGHT,
    WIDTH,
    Chunk,
    chunks_of,
    encoded,
    header,
    photograph,
    pixels,
    png,
)

ROW = b"\0" + bytes(range(9))
GOOD = [header(9, 1), pixels(ROW), END]


def test_metadata_is_left_behind() -> None:
    text = PngInfo()
    text.add_text("author", "nobody", zip=True)
    text.add_itxt("title", "nothing")
    image = Image.fromarray(photograph())
    described = encoded(image, "PNG", pnginfo=text, icc_profile=b"profile", dpi=(300, 300))
    assert {b"zTXt", b"iTXt", b"iCCP", b"pHYs"} < {name for name, _ in chunks_of(described)}
    picture = read_png(described, "a")
    assert (picture.kind, picture.width, picture.height) == ("8-bit RGB PNG", WIDTH, HEIGHT)
    assert picture.data == encoded(image, "PNG")


def test_what_follows_the_end_is_not_looked_at() -> None:
    assert read_png(png(GOOD) + b"\0" * 99, "a").data == png(GOOD)


@pytest.mark.parametrize(
    ("chunks", "reason"),
    [
        (GOOD[1:], "does not begin with its header"),
        ([GOOD[0], *GOOD], "does not begin with its header"),
        ([(b"IHDR", b"123"), *GOOD[1:]], "does not begin with its header"),
        ([END], "does not begin with its header"),
        ([GOOD[0], END], "has no pixels"),
        ([header(9, 1, colour_type=3), *GOOD[1:]], "has no palette"),
        ([(b"CgBI", b"0002"), *GOOD], "has a chunk CgBI"),
        (GOOD[:2], "breaks off"),
    ],
)
def test_chunks_out_of_order(chunks: list[Chunk], reason: str) -> None:
    with pytest.raises(BadFileError, match=rf"^a\.png: unreadable or truncated \(.*{reason}"):
        read_png(png(chunks), "a.png")


def test_every_cut_is_one() -> None:
    data = png(GOOD)
    for length in range(8, len(data)):
        with pytest.raises(BadFileError, match="breaks off before the end"):
            read_png(data[:length], "a")


def test_least_bytes_are_fewer_than_the_densest_file_has() -> None:
    side = 1000
    densest = zlib.compress(bytes((side + 1) * side), 9)
    picture = read_png(png([header(side, side), (b"IDAT", densest), END]), "a")
    assert 0.95 * len(densest) < picture.least_bytes < len(densest)
    assert np.iinfo(np.int32).max < read_png(png([header(2**20, 2**20), *GOOD[1:]]), "a").width ** 2
