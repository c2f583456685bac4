"""One decoder, of every kind of file that real sets hold (method 1.5)."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.codec import encode_mask
from pass_ops.data.decode import check_image, decode_image, decode_mask, image_size
from pass_ops.data.problem import BadFileError
from tests.data.decoding.files import END, encoded, header, png
from tests.data.decoding.files import pixels as packed
from tests.test_imports import ROOT

WIDTH, HEIGHT = 30, 20


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    """A picture that is smooth, so that JPEG keeps it, and unlike itself turned or mirrored."""
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([row * 10, column * 8, row * 2 + column * 5], axis=-1).astype(np.uint8)


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


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "RGB"])
def test_every_mode_becomes_rgb(pixels: NDArray[np.uint8], mode: str) -> None:
    image = Image.fromarray(pixels).convert(mode)
    decoded = decode_image(encoded(image, "PNG"), "a")
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, image.convert("RGB"))


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_numbers_of_fewer_bits_reach_from_black_to_white(bits: int) -> None:
    row = "".join(f"{level:0{bits}b}" for level in range(2**bits)).ljust(8, "0")
    rows = b"\0" + int(row, 2).to_bytes(len(row) // 8, "big")
    (decoded,) = decode_image(png([header(2**bits, 1, bits), packed(rows), END]), "a")
    np.testing.assert_array_equal(decoded[:, 0], np.linspace(0, 255, 2**bits).round())


def test_transparency_is_ignored(pixels: NDArray[np.uint8]) -> None:
    alpha = np.dstack([pixels, np.zeros_like(pixels[..., 0])])
    np.testing.assert_array_equal(decode_image(encoded(Image.fromarray(alpha), "PNG"), "a"), pixels)
    palette = Image.fromarray(pixels).quantize(9)
    np.testing.assert_array_equal(
        decode_image(encoded(palette, "PNG", transparency=bytes(9)), "a"), palette.convert("RGB")
    )


def test_interlaced_is_the_same_picture() -> None:
    # Two by two pixels: the passes are the first pixel, the second, and the second row.
    whole = png([header(2, 2), packed(b"\0\1\2\0\3\4"), END])
    name, content = header(2, 2)
    interlaced = png([(name, content[:-1] + b"\1"), packed(b"\0\1\0\2\0\3\4"), END])
    np.testing.assert_array_equal(decode_image(interlaced, "a"), decode_image(whole, "a"))


def test_animated_is_the_default_image(pixels: NDArray[np.uint8]) -> None:
    image = Image.fromarray(pixels)
    animated = encoded(image, "PNG", save_all=True, append_images=[image.rotate(180)])
    np.testing.assert_array_equal(decode_image(animated, "a"), pixels)


@pytest.mark.parametrize("ending", ["PNG", "JPEG"])
def test_the_format_is_told_by_the_content(pixels: NDArray[np.uint8], ending: str) -> None:
    data = encoded(Image.fromarray(pixels), "PNG")
    np.testing.assert_array_equal(decode_image(data, f"n01_1.{ending}"), pixels)


def test_what_is_not_decoded_is_refused_by_name(pixels: NDArray[np.uint8]) -> None:
    image = Image.fromarray(pixels)
    deep = pixels.astype(np.uint16) * 257
    _, deep_colours = cv2.imencode(".png", deep)
    ramp = np.linspace(0, 1, 600).reshape(20, 30)
    refused = {
        "a 16-bit grey PNG": encoded(Image.fromarray(deep[..., 0]), "PNG"),
        "a 16-bit RGB PNG": deep_colours.tobytes(),
        "a TIFF": encoded(Image.fromarray(ramp.astype(np.float32)), "TIFF"),
        "a GIF": encoded(image, "GIF"),
        "PostScript": encoded(image, "EPS"),
        # Its pixels are of a format that Pillow does not know.
        "a DDS": b"DDS " + (124).to_bytes(4, "little") + bytes(120),
        "a 12-bit colour JPEG": encoded(image, "JPEG").replace(
            b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"
        ),
    }
    for what, data in refused.items():
        for read in (decode_image, check_image, image_size):
            with pytest.raises(BadFileError) as raised:
                read(data, "a.jpg")
            assert str(raised.value) == f"a.jpg: the image is {what}; store it as 8-bit JPEG or PNG"


def test_colours_outside_the_palette_are_refused() -> None:
    chunks = [header(2, 1, 8, 3), (b"PLTE", bytes(range(6))), packed(b"\0\0\1"), END]
    assert decode_image(png(chunks), "a").tolist() == [[[0, 1, 2], [3, 4, 5]]]
    chunks[2] = packed(b"\0\0\2")
    with pytest.raises(BadFileError, match="a pixel's colour is not in the palette"):
        decode_image(png(chunks), "a")


def test_cmyk_keeps_its_colours(pixels: NDArray[np.uint8]) -> None:
    decoded = decode_image(
        encoded(Image.fromarray(pixels).convert("CMYK"), "JPEG", quality=98, subsampling=0), "a"
    )
    assert np.abs(decoded.astype(int) - pixels).mean() < 4


def test_grey_has_three_equal_channels(pixels: NDArray[np.uint8]) -> None:
    decoded = decode_image(encoded(Image.fromarray(pixels).convert("L"), "JPEG"), "a")
    np.testing.assert_array_equal(decoded, decoded[..., :1].repeat(3, axis=-1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_truncated_image_is_named(pixels: NDArray[np.uint8], kind: str, part: float) -> None:
    data = encoded(Image.fromarray(pixels), kind)
    with pytest.raises(BadFileError) as raised:
        decode_image(data[: int(part * len(data))], "train/cat/1.JPEG")
    problem = raised.value.problem
    assert problem.file == "train/cat/1.JPEG"
    assert problem.what.startswith("unreadable or truncated (")
    assert "BytesIO" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 2}, {"quality": 30}])
def test_a_jpeg_that_was_cut_and_closed_is_found(
    pixels: NDArray[np.uint8], options: dict[str, object]
) -> None:
    noise = np.random.default_rng(3).integers(0, 60, pixels.shape, np.uint8)
    data = encoded(Image.fromarray(pixels + noise), "JPEG", **options)
    assert check_image(data, "a") == (WIDTH, HEIGHT)
    scan = data.index(b"\xff\xda") + 14
    for length in range(scan, len(data) - 3, 7):
        with pytest.raises(BadFileError, match="unreadable or truncated"):
            check_image(data[:length] + b"\xff\xd9", "a")


def test_short_or_spoilt_numbers_of_a_png_are_found() -> None:
    rows = bytes(9 * 100)
    good = [header(8, 100), packed(rows), END]
    assert decode_image(png(good), "a").shape == (100, 8, 3)
    with pytest.raises(BadFileError, match=r"^a: unreadable or truncated \(image file is trunc"):
        decode_image(png([good[0], packed(rows[:-1]), END]), "a")
    for place in range(33, len(png(good))):
        spoilt = bytearray(png(good))
        spoilt[place] ^= 1
        with pytest.raises(BadFileError, match=r"^a: unreadable or truncated"):
            decode_image(bytes(spoilt), "a")


def test_text_has_no_size() -> None:
    with pytest.raises(BadFileError, match=r"^a: the image is a web page; store it as 8-bit JPEG"):
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
        "8-bit colour JPEG": encoded(image, "JPEG"),
        "the mask is a TIFF": encoded(image, "TIFF"),
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


def test_nothing_else_opens_pictures() -> None:
    """Label maps apart, which stages write for each other and vouch for by their digests."""
    openers = {
        path.relative_to(ROOT / "pass_ops").as_posix()
        for path in (ROOT / "pass_ops").rglob("*.py")
        if re.search(r"Image\.open\(|\bimread|imdecode|ImageFile\b", path.read_text("utf-8"))
    }
    assert openers == {
        "data/decoding/conversion.py",
        "data/decoding/pixels.py",
        "data/label_maps/encoded.py",
        "data/label_maps/reader.py",
    }
