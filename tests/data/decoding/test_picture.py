"""The limits of a picture, told by its header before memory is taken."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from pass_ops.data.decode import check_image, decode_image, decode_mask, image_size
from pass_ops.data.decoding.picture import MAX_ASPECT, MAX_MEGAPIXELS
from pass_ops.data.problem import BadFileError
from tests.data.decoding.files import (
    END,
    encoded,
    header,
    photograph,
    pixels,
    png,
    resized_header,
)

READERS = (decode_image, check_image, image_size)
SIDE = int((MAX_MEGAPIXELS * 1e6) ** 0.5)


def black(width: int, height: int, colour_type: int = 0) -> bytes:
    """A PNG of black pixels.

    Args:
        width, height: in pixels.
        colour_type: 0 grey, 2 RGB.
    """
    row = bytes(1 + width * (3 if colour_type == 2 else 1))
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png([header(width, height, 8, colour_type), (b"IDAT", content), END])


@pytest.mark.parametrize("read", READERS)
def test_too_many_pixels(read: Callable[[bytes, str], object]) -> None:
    with pytest.raises(BadFileError) as raised:
        read(png([header(20000, 10000), pixels(b"\0"), END]), "a.png")
    assert str(raised.value) == (
        "a.png: has 200 megapixels, the limit is 64 "
        "(MAX_MEGAPIXELS in pass_ops/data/decoding/picture.py); shrink it"
    )
    with pytest.raises(BadFileError, match=r"^a: has 4295 megapixels, the limit is 64 "):
        read(resized_header(encoded(Image.fromarray(photograph()), "JPEG"), 65535, 65535), "a")


@pytest.mark.filterwarnings("error")
def test_as_many_as_the_limit_allows() -> None:
    assert image_size(black(SIDE, SIDE), "a") == (SIDE, SIDE)
    with pytest.raises(BadFileError, match=r"has 64\.01 megapixels, the limit is 64 "):
        image_size(black(SIDE, SIDE + 1), "a")


def test_masks_have_the_same_limit() -> None:
    with pytest.raises(BadFileError, match=r"^mask: has 200 megapixels"):
        decode_mask(png([header(20000, 10000, 8, 2), pixels(b"\0"), END]), "mask")


@pytest.mark.parametrize("read", READERS)
def test_thin_images(read: Callable[[bytes, str], object]) -> None:
    for size in ((5000, 1), (1, 5000)):
        with pytest.raises(BadFileError) as raised:
            read(encoded(Image.new("RGB", size), "JPEG"), "a.jpg")
        assert str(raised.value) == (
            f"a.jpg: is {size[0]}x{size[1]} pixels, one side 5000 times the other, the limit is 30 "
            "(MAX_ASPECT in pass_ops/data/decoding/picture.py); crop it"
        )
    assert image_size(encoded(Image.new("L", (2 * MAX_ASPECT, 2)), "PNG"), "a") == (60, 2)
    with pytest.raises(BadFileError, match=r"one side 30\.5 times"):
        image_size(encoded(Image.new("L", (2 * MAX_ASPECT + 1, 2)), "PNG"), "a")


def test_thin_masks_are_read() -> None:
    assert decode_mask(black(5000, 1, 2), "a").shape == (1, 5000)


@pytest.mark.parametrize("read", READERS)
def test_no_pixels(read: Callable[[bytes, str], object]) -> None:
    with pytest.raises(BadFileError, match=r"unreadable or truncated \(0x9 pixels\)"):
        read(png([header(0, 9), pixels(b""), END]), "a")


@pytest.mark.parametrize("read", READERS)
def test_more_pixels_than_the_file_can_hold(read: Callable[[bytes, str], object]) -> None:
    small = encoded(Image.fromarray(photograph()), "JPEG")
    for data in (
        png([header(7000, 7000), pixels(b"\0"), END]),
        resized_header(small, 7000, 7000),
    ):
        with pytest.raises(BadFileError, match="it breaks off before the end of the picture"):
            read(data, "a")
