"""Archives that burst or lead elsewhere, and tensors that reach beyond them."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import numpy as np

from tests.hostile.catalogue.zipped import STORAGE, WHOLE, archive, tensor

_MAGIC = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
_SHAPE = b"K\0K\x04\x85K\x01\x85"
"""All four numbers of the storage."""


def _of_two(kind: bytes) -> bytes:
    """The reference to a storage of two numbers of a kind that takes eight bytes."""
    return STORAGE.replace(b"Float", kind).replace(b"K\x04", b"K\x02")


def _link() -> bytes:
    """An archive whose numbers are a link to somewhere else."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as made:
        made.writestr("a/data.pkl", tensor(_SHAPE))
        link = zipfile.ZipInfo("a/data/0")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def _burst() -> bytes:
    """A gigabyte of zeros in a megabyte."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a/data.pkl", bytes(2**24))
    return buffer.getvalue()


TENSORS: dict[str, bytes] = {
    "beyond its storage": archive(tensor(b"K\0K\x05\x85K\x01\x85")),
    "offset beyond its storage": archive(tensor(b"K\x01K\x04\x85K\x01\x85")),
    "negative offset": archive(tensor(b"J\xff\xff\xff\xffK\x04\x85K\x01\x85")),
    "negative shape": archive(tensor(b"K\0J\xfc\xff\xff\xff\x85K\x01\x85")),
    "one number a thousand times": archive(tensor(b"K\0M\xe8\x03\x85K\0\x85")),
    "overlapping rows": archive(tensor(b"K\0K\x03K\x02\x86K\x01K\x01\x86")),
    "shape of a truth": archive(tensor(b"K\0\x88\x85K\x01\x85")),
    "shape of a float": archive(tensor(b"K\0G@\x10\0\0\0\0\0\0\x85K\x01\x85")),
    "shape of a text": archive(tensor(b"K\0U\x014\x85K\x01\x85")),
    "a huge number of axes": archive(
        tensor(b"K\0(" + b"K\x01" * 999 + b"t(" + b"K\x01" * 999 + b"t")
    ),
    "shape without strides": archive(tensor(b"K\0K\x04\x85)")),
    "shape of huge numbers": archive(tensor(b"K\0\x8a\x09" + b"\xff" * 8 + b"\0\x85K\x01\x85")),
    "storage in another folder": archive(
        tensor(_SHAPE, STORAGE.replace(b"U\x010", b"U\x0b../../../b0"))
    ),
    "storage of an unknown kind": archive(tensor(_SHAPE, STORAGE.replace(b"Float", b"Quaternion"))),
    "storage that is not there": archive(tensor(_SHAPE, STORAGE.replace(b"U\x010", b"U\x017"))),
    "storage of no length": archive(
        tensor(b"K\0K\0\x85K\x01\x85", STORAGE.replace(b"K\x04t", b"J\xff\xff\xff\xfft"))
    ),
    "storage of other numbers": archive(WHOLE, bytes(12)),
    "numbers that are not finite": archive(WHOLE, struct.pack("<4f", 0, np.nan, 0, 0)),
    "numbers too large": archive(
        tensor(
            b"K\0K\x02\x85K\x01\x85",
            STORAGE.replace(b"Float", b"Double").replace(b"K\x04", b"K\x02"),
        ),
        struct.pack("<2d", 1e300, 0),
    ),
    "whole numbers": archive(
        tensor(
            b"K\0K\x02\x85K\x01\x85",
            STORAGE.replace(b"Float", b"Long").replace(b"K\x04", b"K\x02"),
        )
    ),
    "an unknown byte order": archive(WHOLE, a__byteorder=b"middle"),
}
"""Archives by what is wrong with their tensor."""

ARCHIVES: dict[str, bytes] = {
    "a gigabyte in a megabyte": _burst(),
    "numbers that are a link": _link(),
    "no pickle": archive(b"").replace(b"data.pkl", b"code.pkl"),
    "a pickle outside": archive(WHOLE).replace(b"a/data.pkl", b"../ata.pkl"),
    "cut": archive(WHOLE)[:-30],
    "no directory": archive(WHOLE)[: archive(WHOLE).index(b"PK\1\2")],
    "a directory of other files": archive(WHOLE).replace(b"PK\1\2", b"PK\1\3"),
    "a wrong checksum": archive(WHOLE, b"\x01" * 16).replace(b"\x01" * 16, b"\x02" * 16),
    "an encrypted file": archive(WHOLE).replace(
        b"PK\1\2\x14\x03\x14\0\0", b"PK\1\2\x14\x03\x14\0\x01"
    ),
    "an unknown compression": archive(WHOLE).replace(
        b"PK\1\2\x14\x03\x14\0\0\0\0\0", b"PK\1\2\x14\x03\x14\0\0\0\x63\0"
    ),
    "old format, cut": _MAGIC,
    "old format, another version": _MAGIC + b"\x80\x02K\x01.",
}
"""Archives that are none, and older files."""
