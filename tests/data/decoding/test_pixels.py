"""The two decoders of JPEG, and decoding at a fraction of the size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.decode import decode_image
from pass_ops.data.decoding.jpeg import read_jpeg
from pass_ops.data.decoding.picture import Picture
from pass_ops.data.decoding.pixels import decode_fast, decode_pixels, reduction
from pass_ops.data.transforms.resize import resize_image
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


@pytest.mark.parametrize("compat", ["fixed", "reference"])
@pytest.mark.parametrize(("side", "factor"), [(96, 2), (48, 4), (24, 8)])
def test_after_the_resize_the_reduction_cannot_be_told(side: int, factor: int, compat: str) -> None:
    data = encoded(scene(531, 398), "JPEG", quality=90)
    small = decode_image(data, "photo", side)
    assert small.shape == (-(-398 // factor), -(-531 // factor), 3)
    whole, reduced = (
        resize_image(image, side, compat).astype(int)
        for image in (decode_image(data, "photo"), small)
    )
    off = np.abs(whole - reduced)
    assert off.mean() < 1
    assert off.max() <= 12


def test_a_png_is_decoded_whole() -> None:
    assert decode_image(encoded(scene(200, 100), "PNG"), "photo", 10).shape == (100, 200, 3)
