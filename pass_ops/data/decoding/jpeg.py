"""The segments of a JPEG, of which those that make its pixels are handed on."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from pass_ops.data.decoding.picture import Picture, cut, damaged
from pass_ops.data.problem import BadFileError, Problem

SIGNATURE = b"\xff\xd8\xff"

COLOURS = {1: "grey", 3: "colour", 4: "CMYK"}
"""What a JPEG holds, by its channels."""

MAX_SCANS = 100
"""Passes over the pixels; a decoder takes its time for each, whatever the file holds of it."""

_MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Inside the numbers of a scan, restarts are part of it.
_AFTER_SCAN = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_END, _SCAN = 0xD9, 0xDA
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
_OTHER_FRAMES = {*range(0xC3, 0xD0), 0xDE} - {0xC4, 0xC8, 0xCC}
# Tables of Huffman codes and quantization, restart interval; JFIF and Adobe say what the channels
# are.
_NEEDED = {*_FRAMES, _SCAN, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE}
_ALONE = {0x01, *range(0xD0, 0xD9)}
_BLOCK = 8  # pixels of a side
_COEFFICIENTS = _BLOCK * _BLOCK
_PROGRESSIVE = 0xC2
_WHOLE = (0, _COEFFICIENTS - 1, 0)
"""First and last coefficient of a scan, and the lowest bit of them that it brings."""
_ALL_BITS = 16
_BASELINE = "save it as a baseline JPEG"
# Numbers other than the zeros that a decoder reads past the end, between all restarts.
_FILLING = b"".join(b"\xa5\x5a" * 16 + bytes((0xFF, 0xD0 + number)) for number in range(8)) * 2


def read_jpeg(data: bytes, name: str) -> Picture:
    """What the header says, and the segments that make the pixels.

    Of a file with several pictures it is the first.

    Args:
        data: the file; what follows its end is not looked at.
        name: what an error calls it.

    Raises:
        BadFileError: it breaks off, also where it was closed again between two scans, its segments
            are out of order, it is of a kind other than baseline and progressive with Huffman
            codes, or has more scans than `MAX_SCANS`.
    """
    segments = list(_segments(data, name))
    frames = [segment for marker, segment in segments if marker in _FRAMES]
    scans = [segment for marker, segment in segments if marker == _SCAN]
    if len(frames) != 1 or len(frames[0]) < 10 or not scans:
        raise damaged(name, "the JPEG has no picture")
    if len(scans) > MAX_SCANS:
        what = (
            f"has {len(scans)} scans, the limit is {MAX_SCANS} "
            "(MAX_SCANS in pass_ops/data/decoding/jpeg.py)"
        )
        raise BadFileError(Problem(name, what, _BASELINE))
    if _lacks_scans(frames[0], scans):
        raise damaged(name, "it breaks off between its passes over the pixels")
    depth, height, width, channels = struct.unpack(">BHHB", frames[0][4:10])
    return Picture(
        kind=f"{depth}-bit {COLOURS.get(channels, f'{channels}-channel')} JPEG",
        width=width,
        height=height,
        # Each block takes a bit.
        least_bytes=-(-width // _BLOCK) * -(-height // _BLOCK) // 8,
        data=b"".join((b"\xff\xd8", *(segment for _, segment in segments), b"\xff\xd9")),
    )


def with_filling(picture: Picture) -> bytes:
    """A JPEG with more numbers behind its last scan, which a decoder of a whole one never needs."""
    return picture.data[:-2] + _FILLING + picture.data[-2:]


def _lacks_scans(frame: bytes, scans: Sequence[bytes]) -> bool:
    """Whether a coefficient of a channel has bits that no scan brings (T.81, B.2.3 and G.1.1).

    The standard does not ask for all bits, but encoders write them, and what is cut lacks some.

    Args:
        frame: its segment, the header.
        scans: their segments.
    """
    bits_left = {channel: [_ALL_BITS] * _COEFFICIENTS for channel in frame[10::3][: frame[9]]}
    for scan in scans:
        # A damaged one may end before its number of channels.
        count = 2 * int.from_bytes(scan[4:5], "big")
        channels, band = scan[5:][:count:2], scan[5 + count :][:3]
        # What is not progressive says nothing here that decoders look at.
        first, last, bits = band if frame[1] == _PROGRESSIVE and len(band) == 3 else _WHOLE
        for channel in bits_left.keys() & set(channels):
            width = len(bits_left[channel][first : last + 1])
            bits_left[channel][first : last + 1] = [bits & 15] * width
    return any(any(bits) for bits in bits_left.values())


def _segments(data: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment that makes pixels; scans with the numbers behind them.

    Args:
        data, name: see `read_jpeg`.
    """
    start = 2
    while True:
        match = _MARKER.search(data, start)
        if match is None:
            raise cut(name)
        marker, start = match[1][0], match.end()
        if marker == _END:
            return
        if marker in _ALONE:
            continue
        if marker in _OTHER_FRAMES:
            what = "is a JPEG that is lossless, hierarchical or with arithmetic codes"
            raise BadFileError(Problem(name, what, _BASELINE))
        if marker < 0xC0:
            raise damaged(name, f"the JPEG has a marker {marker:#x}")
        if start + 2 > len(data):
            raise cut(name)
        end = start + int.from_bytes(data[start : start + 2], "big")
        if end > len(data):
            raise cut(name)
        if end < start + 2:
            raise damaged(name, "the JPEG has a segment without a length")
        if marker == _SCAN:
            behind = _AFTER_SCAN.search(data, end)
            if behind is None:
                raise cut(name)
            end = behind.start()
        if marker in _NEEDED:
            yield marker, bytes((0xFF, marker)) + data[start:end]
        start = end
