"""What is no JPEG or PNG is named."""

from __future__ import annotations

import pytest
from PIL import Image

from pass_ops.data.decoding.other_formats import describe
from tests.data.decoding.files import encoded, photograph


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("GIF", "a GIF"),
        ("BMP", "a BMP"),
        ("TIFF", "a TIFF"),
        ("WEBP", "a WebP"),
        ("JPEG2000", "a JPEG 2000"),
        ("DDS", "a DDS"),
        ("EPS", "PostScript"),
        ("PDF", "a PDF"),
        ("PPM", "a PNM"),
    ],
)
def test_formats_of_pictures(kind: str, name: str) -> None:
    assert describe(encoded(Image.fromarray(photograph()), kind)) == name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty"),
        (b"\n<!DOCTYPE HTML>\n<title>404</title>", "a web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "XML or SVG"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, not the file itself"),
        (b"\0\0\0\x1cftypavif", "an AVIF"),
        (b"\0\0\0\x18ftypheic", "a HEIC"),
        (b"Bmore", "neither JPEG nor PNG"),
        (b"\0" * 64, "neither JPEG nor PNG"),
        (b"\n", "neither JPEG nor PNG"),
    ],
)
def test_other_files(data: bytes, name: str) -> None:
    assert describe(data) == name
