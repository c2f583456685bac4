"""The segments of a JPEG: what makes its pixels, and nothing else."""

from __future__ import annotations

import io
import re
import struct

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.decoding.jpeg import MAX_SCANS, read_jpeg
from pass_ops.data.problem import BadFileError
from tests.data.decoding.files import HEIGHT, WIDTH, encoded, photograph


@pytest.fixture(scope="module")
def image() -> Image.Image:
    return Image.fromarray(photograph())


def in_scans_of_one_channel(image: Image.Image) -> bytes:
    """A baseline JPEG of grey pictures side by side, one a channel."""
    greys = [encoded(channel, "JPEG") for channel in image.split()]
    start, scan = greys[0].index(b"\xff\xc0"), greys[0].index(b"\xff\xda")
    channels = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    frame = struct.pack(">HBHHB", 17, 8, HEIGHT, WIDTH, 3) + channels
    tables = greys[0][greys[0].index(b"\xff\xc4") : scan]
    scans = [
        grey[scan:-2].replace(b"\xff\xda\0\x08\x01\x01", bytes((0xFF, 0xDA, 0, 8, 1, number)), 1)
        for number, grey in enumerate(greys, start=1)
    ]
    return b"".join((greys[0][:start], b"\xff\xc0", frame, tables, *scans, b"\xff\xd9"))


def test_metadata_is_left_behind(image: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x010E] = "nothing to see"
    plain = encoded(image, "JPEG")
    described = encoded(image, "JPEG", exif=exif, icc_profile=b"profile", comment=b"hello")
    assert len(described) > len(plain)
    picture = read_jpeg(described, "a")
    assert (picture.kind, picture.width, picture.height) == ("8-bit colour JPEG", WIDTH, HEIGHT)
    assert picture.data == read_jpeg(plain, "a").data == plain


def test_of_several_pictures_it_is_the_first(image: Image.Image) -> None:
    several = encoded(image, "MPO", save_all=True, append_images=[image.rotate(180)])
    assert read_jpeg(several, "a").data == encoded(image, "JPEG")


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 2}])
def test_every_cut_is_one(image: Image.Image, options: dict[str, object]) -> None:
    data = encoded(image, "JPEG", **options)
    assert read_jpeg(data, "a").data == data
    for length in range(3, len(data)):
        with pytest.raises(BadFileError, match="breaks off before the end"):
            read_jpeg(data[:length], "a")


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_progressive_one_that_was_closed_between_two_scans(image: Image.Image, mode: str) -> None:
    data = encoded(image.convert(mode), "JPEG", progressive=True)
    scans = [found.start() for found in re.finditer(b"\xff\xda", data)]
    assert len(scans) > 5
    for start in scans[1:]:
        # Tables for a scan may stand in front of it.
        for cut in (start, data.rindex(b"\xff\xc4", 0, start)):
            with pytest.raises(BadFileError, match="breaks off between its passes"):
                read_jpeg(data[:cut] + b"\xff\xd9", "a")


def test_one_whose_channels_have_a_scan_each(image: Image.Image) -> None:
    data = in_scans_of_one_channel(image)
    assert np.asarray(Image.open(io.BytesIO(data))).shape == (HEIGHT, WIDTH, 3)
    assert read_jpeg(data, "a").data == data
    with pytest.raises(BadFileError, match="breaks off between its passes"):
        read_jpeg(data[: data.rindex(b"\xff\xda")] + b"\xff\xd9", "a")


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCA, 0xCF])
def test_other_kinds_are_refused_by_name(image: Image.Image, marker: int) -> None:
    data = encoded(image, "JPEG").replace(b"\xff\xc0", bytes((0xFF, marker)), 1)
    with pytest.raises(BadFileError, match=r"^a: is a JPEG that is lossless, hierarchical or"):
        read_jpeg(data, "a")


def test_scans_are_limited(image: Image.Image) -> None:
    data = encoded(image, "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    scans = data.count(b"\xff\xda")
    most = data[:-2] + last * (MAX_SCANS - scans) + data[-2:]
    assert read_jpeg(most, "a").width == WIDTH
    with pytest.raises(BadFileError, match=r"has 101 scans, the limit is 100 \(MAX_SCANS in "):
        read_jpeg(most[:-2] + last + most[-2:], "a")


def test_segments_out_of_order(image: Image.Image) -> None:
    data = encoded(image, "JPEG")
    frame = data[data.index(b"\xff\xc0") : data.index(b"\xff\xc4")]
    damaged = {
        "has no picture": data.replace(frame, frame * 2),
        "has no picture ": data[: data.index(b"\xff\xda")] + b"\xff\xd9",
        "without a length": data.replace(b"\xff\xdb\0", b"\xff\xdb\0\1", 1),
        "a marker 0x30": data.replace(b"\xff\xdb", b"\xff\x30", 1),
    }
    for reason, spoilt in damaged.items():
        with pytest.raises(BadFileError, match=reason.strip()):
            read_jpeg(spoilt, "a")


def test_least_bytes_are_fewer_than_the_plainest_file_has() -> None:
    plain = encoded(Image.new("L", (1024, 1024)), "JPEG", optimize=True)
    assert 0 < read_jpeg(plain, "a").least_bytes < len(plain)
