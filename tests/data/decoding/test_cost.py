"""What refusing a hostile file costs, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.data.decoding.files import END, encoded, header, photograph, pixels, png, resized_header

SCRIPT = """
import resource, sys
from pass_ops.data.decode import check_image
from pass_ops.data.problem import BadFileError

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

data = open(sys.argv[1], "rb").read()
before, outcome = peak(), "decoded"
try:
    check_image(data, "a")
except BadFileError:
    outcome = "refused"
print(outcome, peak() - before)
"""

JPEG = encoded(Image.fromarray(photograph()), "JPEG")
BOMB = zlib.compress(bytes(2**26), 9)
FILES = {
    "pixels of a PNG": ("refused", png([header(2**31 - 1, 2**31 - 1), pixels(b"\0"), END])),
    "pixels of a JPEG": ("refused", resized_header(JPEG, 65535, 65535)),
    "pixels that are not there": ("refused", resized_header(JPEG, 8000, 8000)),
    "profile": ("decoded", png([header(1, 1), (b"iCCP", b"p\0\0" + BOMB), pixels(b"\0\0"), END])),
    "text": ("decoded", png([header(1, 1), (b"zTXt", b"t\0\0" + BOMB), pixels(b"\0\0"), END])),
    "more than its pixels": ("decoded", png([header(1, 1), (b"IDAT", BOMB), END])),
}


@pytest.mark.parametrize("kind", FILES)
def test_little_memory_is_taken(tmp_path: Path, kind: str) -> None:
    expected, data = FILES[kind]
    file = tmp_path / "hostile.png"
    file.write_bytes(data)
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file)], capture_output=True, text=True, check=True
    )
    outcome, kibibytes = process.stdout.split()
    assert outcome == expected
    assert int(kibibytes) < 16 * 1024
