"""The segments of a JPEG: what makes its pixels, and nothing else."""

from __future__ import annotations

import pytest
from PIL import Image

from pass_ops.data.decoding.jpeg import MAX_SCANS, read_jpeg
from pass_ops.data.problem import BadFileError
from tests.data.decoding.files import HEIGHT, WIDTH, encoded, photograph


@pytest.fixture(scope="module")
def image() -> Image.Image:
    return Image.fromarray(photograph())


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
