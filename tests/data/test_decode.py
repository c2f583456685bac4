"""One decoder, of every kind of file that real sets hold (method 1.5)."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.codec import encode_mask
from pass_ops.data.decode import decode_image, decode_mask, image_size
from pass_ops.data.problem import BadFileError

WIDTH, HEIGHT = 30, 20


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    """A picture that is smooth, so that JPEG keeps it, and unlike itself turned or mirrored."""
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([row * 10, column * 8, row * 2 + column * 5], axis=-1).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file.

    Args:
        image: of a mode that `kind` knows.
        kind: JPEG or PNG.
        options: of Pillow's encoder.
    """
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def test_png_is_exact(pixels: NDArray[np.uint8]) -> None:
    decoded = decode_image(encoded(Image.fromarray(pixels), "PNG"), "a.png")
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_ignored(pixels: NDArray[np.uint8], orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(pixels)
    turned = encoded(image, "JPEG", quality=95, exif=exif)
    np.testing.assert_array_equal(
        decode_image(turned, "a"), decode_image(encoded(image, "JPEG", quality=95), "a")
    )
    assert image_size(turned, "a") == (WIDTH, HEIGHT)


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(pixels: NDArray[np.uint8], mode: str) -> None:
    image = (
        Image.fromarray(pixels[..., 0].astype(np.uint16))
        if mode == "I;16"
        else Image.fromarray(pixels).convert(mode)
    )
    decoded = decode_image(encoded(image, "JPEG" if mode == "CMYK" else "PNG"), "a")
    assert decoded.shape == (HEIGHT, WIDTH, 3)
    assert decoded.dtype == np.uint8


def test_cmyk_keeps_its_colours(pixels: NDArray[np.uint8]) -> None:
    decoded = decode_image(
        encoded(Image.fromarray(pixels).convert("CMYK"), "JPEG", quality=98, subsampling=0), "a"
    )
    assert np.abs(decoded.astype(int) - pixels).mean() < 4


def test_grey_has_three_equal_channels(pixels: NDArray[np.uint8]) -> None:
    decoded = decode_image(encoded(Image.fromarray(pixels).convert("L"), "JPEG"), "a")
    np.testing.assert_array_equal(decoded, decoded[..., :1].repeat(3, axis=-1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9])
def test_truncated_image_is_named(pixels: NDArray[np.uint8], kind: str, part: float) -> None:
    data = encoded(Image.fromarray(pixels), kind)
    with pytest.raises(BadFileError) as raised:
        decode_image(data[: int(part * len(data))], "train/cat/1.JPEG")
    problem = raised.value.problem
    assert problem.file == "train/cat/1.JPEG"
    assert problem.what.startswith("unreadable or truncated (")
    assert "BytesIO" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_text_has_no_size() -> None:
    with pytest.raises(
        BadFileError, match=r"^a: unreadable or truncated \(not an image\); replace it"
    ):
        image_size(b"<html>404</html>", "a")


def test_mask_ids() -> None:
    labels = np.array([[0, 1, 919], [255, 256, 1000]], np.int32)
    np.testing.assert_array_equal(decode_mask(encode_mask(labels), "a"), labels)


def test_masks_that_would_be_read_wrongly(pixels: NDArray[np.uint8]) -> None:
    image = Image.fromarray(pixels)
    _, deep = cv2.imencode(".png", pixels.astype(np.uint16) * 256)
    refused = {
        "8-bit palette PNG": encoded(image.convert("P"), "PNG"),
        "16-bit RGB PNG": deep.tobytes(),
        "8-bit grey PNG": encoded(image.convert("L"), "PNG"),
        "8-bit RGB with alpha PNG": encoded(image.convert("RGBA"), "PNG"),
        "not a PNG": encoded(image, "JPEG"),
        "blue channel is not 0": encoded(image, "PNG"),
        "unreadable or truncated": encode_mask(pixels[..., 0].astype(np.int32))[:-40],
    }
    for what, data in refused.items():
        with pytest.raises(BadFileError, match=what) as raised:
            decode_mask(data, "mask.png")
        assert raised.value.problem.file == "mask.png"


def test_real_photographs_have_the_size_of_their_masks(real_data: Path) -> None:
    masks = sorted((real_data / "validation-segmentation").rglob("*.png"))
    assert masks
    for mask in masks:
        (image,) = (real_data / "validation" / mask.parent.name).glob(f"{mask.stem}.*")
        data = image.read_bytes()
        assert (
            decode_image(data, image.name).shape[:2]
            == decode_mask(mask.read_bytes(), mask.name).shape
        )
        assert decode_image(data, image.name).shape[1::-1] == image_size(data, image.name)
