"""The two decoders of JPEG, and decoding at a fraction of the size."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.decode import decode_image
from pass_ops.data.decoding.jpeg import read_jpeg
from pass_ops.data.decoding.picture import Picture
from pass_ops.data.decoding.pixels import decode_fast, decode_pixels, reduction
from tests.data.decoding.files import encoded


def scene(width: int, height: int) -> Image.Image:
    """Blobs of all sizes, with noise on them.

    Args:
        width, height: in pixels.
    """
    rng = np.random.default_rng(7)
    layers = [
        np.asarray(
            Image.fromarray(
                rng.integers(256, size=(height // cell + 2, width // cell + 2, 3), dtype=np.uint8)
            ).resize((width, height), Image.Resampling.BICUBIC)
        ).astype(float)
        for cell in (64, 16, 4)
    ]
    noise = rng.normal(0, 4, (height, width, 3))
    return Image.fromarray((np.mean(layers, axis=0) + noise).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize(
    "options",
    [
        {"quality": 95, "subsampling": 0},
        {"quality": 80, "subsampling": 1},
        {"quality": 30, "subsampling": 2},
        {"progressive": True},
        {"restart_marker_blocks": 3},
        {"optimize": True},
    ],
)
@pytest.mark.parametrize("size", [(131, 97), (64, 48), (1, 9)])
def test_both_decoders_give_the_same_pixels(
    mode: str, options: dict[str, object], size: tuple[int, int]
) -> None:
    data = encoded(scene(*size).convert(mode), "JPEG", **options)
    picture = read_jpeg(data, "photo")
    np.testing.assert_array_equal(decode_fast(picture, "photo"), decode_pixels(picture, "photo"))


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((500, 375), 224, 1),
        ((639, 2000), 160, 1),
        ((640, 2000), 160, 2),
        ((4000, 3000), 320, 4),
        ((4000, 3000), 96, 8),
        ((40000, 30000), 96, 8),
    ],
)
def test_what_is_decoded_is_twice_as_large_as_needed(
    size: tuple[int, int], side: int, expected: int
) -> None:
    width, height = size
    picture = Picture(kind="8-bit colour JPEG", width=width, height=height, least_bytes=0, data=b"")
    assert reduction(picture, side) == expected


@pytest.mark.parametrize(("side", "factor"), [(96, 2), (48, 4), (24, 8)])
def test_the_reduction_changes_less_than_another_filter_of_the_resize(
    side: int, factor: int
) -> None:
    data = encoded(scene(531, 398), "JPEG", quality=90)
    whole, reduced = (Image.fromarray(decode_image(data, "photo", s)) for s in (None, side))
    assert reduced.size == (-(-531 // factor), -(-398 // factor))

    def resized(image: Image.Image, by: Image.Resampling) -> NDArray[np.int64]:
        return np.asarray(image.resize((side, side), by)).astype(int)

    bilinear = resized(whole, Image.Resampling.BILINEAR)
    off = np.abs(bilinear - resized(reduced, Image.Resampling.BILINEAR)).mean()
    for other in (Image.Resampling.BOX, Image.Resampling.BICUBIC):
        assert off < np.abs(bilinear - resized(whole, other)).mean()
    assert off < 3


def test_a_png_is_decoded_whole() -> None:
    assert decode_image(encoded(scene(200, 100), "PNG"), "photo", 10).shape == (100, 200, 3)
