"""Crafted pickles end at once: small ones may not take minutes, or much memory."""

from __future__ import annotations

import io
import pickle
from typing import Any

import pytest

from pass_ops.models.files.unpickler import unpickle

# A tuple of two, each of which is a tuple of two, …: 2^40 of them to hash, compare or print.
BOMB: Any = ()
for _ in range(40):
    BOMB = (BOMB, BOMB)


def pickled(value: Any, protocol: int = 2) -> io.BytesIO:
    return io.BytesIO(pickle.dumps(value, protocol))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_values_come_back_and_the_file_stands_behind_them(protocol: int) -> None:
    value = {"a": [1, -(2**40), 2.5, None, True], "b": ("x", ()), 3: {}}
    file = io.BytesIO(pickle.dumps(value, protocol) + b"rest")
    assert unpickle(file) == (value, {})
    assert file.read() == b"rest"


@pytest.mark.parametrize(
    "code",
    [
        # As keys of dictionaries: by one, by many, of another kind, in a list of pairs.
        b"\x80\x02}%sK\x01s.",
        b"\x80\x02}(%sK\x01u.",
        b"\x80\x02(%sK\x01d.",
        b"\x80\x02ccollections\nOrderedDict\n]%sK\x01\x86a\x85R.",
        # In sets.
        b"\x80\x04\x8f(%s\x90.",
        b"\x80\x04(%s\x91.",
        # As a storage's class and key.
        b"\x80\x02(U\x07storage%sU\x010U\x03cpuK\x01tQ.",
        b"\x80\x02(U\x07storagectorch\nFloatStorage\n%sU\x03cpuK\x01tQ.",
    ],
)
def test_a_tuple_of_tuples_is_hashed_nowhere(code: bytes) -> None:
    inner = pickle.dumps(BOMB, 2)[2:-1]
    with pytest.raises((pickle.UnpicklingError, TypeError)):
        unpickle(io.BytesIO(code.replace(b"%s", inner)))


def test_huge_integers_are_no_keys() -> None:
    with pytest.raises(pickle.UnpicklingError, match="small integer"):
        unpickle(pickled({2**61 - 1 << 61: 1}))


@pytest.mark.parametrize(
    "code",
    [
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # Object number 2^31 of a list.
        b"\x80\x05\x96\xff\xff\xff\xff\xff\x00\x00\x00.",  # A byte array of a terabyte.
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\x00\x00\x00.",  # Bytes of a terabyte.
        b"\x80\x04\x95\xff\xff\xff\xff\xff\x00\x00\x00.",  # A frame of a terabyte.
    ],
)
def test_no_memory_is_taken_for_what_is_only_announced(code: bytes) -> None:
    if code[2:3] == b"N":
        assert unpickle(io.BytesIO(code)) == (None, {})
        return
    with pytest.raises((pickle.UnpicklingError, EOFError, IndexError)):
        unpickle(io.BytesIO(code))


@pytest.mark.parametrize(
    ("pid", "reason"),
    [
        (b"(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuJ\xff\xff\xff\xfft", "of no length"),
        (b"(U\x07storagectorch\nFloatStorage\nU\x02..U\x03cpuK\x01t", "else than a storage"),
        (b"(U\x06moduleNNNNt", "else than a storage"),
    ],
)
def test_references_to_anything_but_storages_are_refused(pid: bytes, reason: str) -> None:
    with pytest.raises(pickle.UnpicklingError, match=reason):
        unpickle(io.BytesIO(b"\x80\x02" + pid + b"Q."))


def test_a_storage_cannot_be_two_things() -> None:
    first = b"(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x01tQ"
    second = first.replace(b"Float", b"Half")
    with pytest.raises(pickle.UnpicklingError, match="two things of storage 0"):
        unpickle(io.BytesIO(b"\x80\x02" + first + second + b"."))
