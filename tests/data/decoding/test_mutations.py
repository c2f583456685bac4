"""Damaged and crafted files: the picture that the header announces, or one line with the name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.decode import check_image, decode_image, decode_mask, image_size
from pass_ops.data.problem import BadFileError
from tests.data.decoding.files import chunks_of, encoded, photograph, png

Answer = TypeVar("Answer")
NAME = "train/cat/1.JPEG"
ROUNDS = 30
IMAGE = Image.fromarray(photograph())
FILES = {
    "baseline": encoded(IMAGE, "JPEG"),
    "progressive": encoded(IMAGE, "JPEG", progressive=True),
    "restarts": encoded(IMAGE, "JPEG", restart_marker_blocks=3),
    "grey JPEG": encoded(IMAGE.convert("L"), "JPEG"),
    "CMYK": encoded(IMAGE.convert("CMYK"), "JPEG"),
    "several": encoded(IMAGE, "MPO", save_all=True, append_images=[IMAGE]),
    "RGB": encoded(IMAGE, "PNG"),
    "grey PNG": encoded(IMAGE.convert("L"), "PNG"),
    "black and white": encoded(IMAGE.convert("1"), "PNG"),
    "palette": encoded(IMAGE.quantize(7), "PNG", bits=4),
    "alpha": encoded(IMAGE.convert("RGBA"), "PNG"),
    "animated": encoded(IMAGE, "PNG", save_all=True, append_images=[IMAGE.rotate(180)]),
}


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Some bytes changed, moved, doubled or lost, every other time in the header.

    Args:
        data: the file.
        rng: draws what is done to it.
    """
    spoilt = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        if not spoilt:
            break
        at = int(rng.integers(min(len(spoilt), 64) if rng.random() < 0.5 else len(spoilt)))
        length = int(rng.integers(1, 30))
        change = rng.integers(6)
        if change == 0:
            spoilt[at] ^= 1 << int(rng.integers(8))
        elif change == 1:
            spoilt[at : at + length] = rng.bytes(length)
        elif change == 2:
            spoilt[at : at + 4] = b"\xff\xff\xff\xff"
        elif change == 3:
            del spoilt[at : at + length]
        elif change == 4:
            spoilt[at:at] = spoilt[at : at + length]
        else:
            del spoilt[max(at, 20) :]
    return bytes(spoilt)


def attempt(read: Callable[[bytes, str], Answer], data: bytes) -> Answer | None:
    """What is read of a file; None where it is refused, in one line that names it.

    Args:
        read: one of the decoder's functions.
        data: the file.
    """
    try:
        return read(data, NAME)
    except BadFileError as error:
        file, line = error.problem.file, str(error)
    assert (file, "\n" in line) == (NAME, False)
    assert len(line) < 400
    return None


def examine(data: bytes) -> bool:
    """Whether a file is decoded; fails where that goes wrong."""
    size = attempt(image_size, data)
    image = attempt(decode_image, data)
    assert attempt(check_image, data) in (None, size)
    mask = attempt(decode_mask, data)
    for pixels, dtype in ((image, np.uint8), (mask, np.int32)):
        if pixels is not None:
            assert (pixels.shape[1::-1], pixels.dtype) == (size, dtype)
    return image is not None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", FILES)
def test_mutations_are_decoded_or_refused(kind: str) -> None:
    rng = np.random.default_rng(list(FILES).index(kind))
    decoded = [examine(mutated(FILES[kind], rng)) for _ in range(ROUNDS)]
    assert not all(decoded)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["RGB", "grey PNG", "palette", "animated"])
def test_crafted_chunks_with_right_checksums(kind: str) -> None:
    rng = np.random.default_rng(7)
    decoded = []
    for _ in range(ROUNDS):
        chunks = chunks_of(FILES[kind])
        place = int(rng.integers(len(chunks) - 1))
        name, content = chunks[place]
        chunks[place] = name, mutated(content, rng)
        decoded.append(examine(png(chunks)))
    assert not all(decoded)


def test_the_files_are_good_before_they_are_spoilt() -> None:
    for data in FILES.values():
        assert check_image(data, NAME) == IMAGE.size
