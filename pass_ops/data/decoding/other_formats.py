"""Names of what is no JPEG or PNG, so that a refusal says what was found instead."""

from __future__ import annotations

import re

UNKNOWN = "neither JPEG nor PNG"

_BEGINNINGS = (
    (rb"\Z", "empty"),
    (rb"GIF8[79]a", "a GIF"),
    (rb"BM.{12}[\x0c-\x7c]\0\0\0", "a BMP"),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "a TIFF"),
    (rb"RIFF.{4}WEBP", "a WebP"),
    (rb".{4}ftyp(avif|avis)", "an AVIF"),
    (rb".{4}ftyp(hei|hev|mif1|msf1)", "a HEIC"),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL"),
    (rb"DDS ", "a DDS"),
    (rb"8BPS", "a Photoshop file"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript"),
    (rb"%PDF", "a PDF"),
    (rb"P[1-7]\s", "a PNM"),
    (rb"\s*<(!doctype html|html)", "a web page"),
    (rb"\s*<(\?xml|svg)", "XML or SVG"),
    (rb"version https://git-lfs", "a Git LFS pointer, not the file itself"),
)


def describe(data: bytes) -> str:
    """What a file is that is no JPEG or PNG, by its first bytes: "a TIFF"."""
    for beginning, kind in _BEGINNINGS:
        if re.match(beginning, data[:200], re.DOTALL | re.IGNORECASE):
            return kind
    return UNKNOWN
