"""Files of safetensors with headers that lie."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from safetensors.numpy import save


def _safetensors(header: Any, data: bytes = bytes(16)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _entry(**changes: Any) -> bytes:
    """Safetensors of one tensor of four numbers, but for some changes."""
    return _safetensors({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]} | changes})


SAFETENSORS: dict[str, bytes] = {
    "header of exabytes": struct.pack("<Q", 2**62) + b"{}",
    "header of more than the file": struct.pack("<Q", 999) + b"{}",
    "header that is no JSON": _safetensors(b"{'w': 1}        "),
    "header in UTF-16": _safetensors("{}".encode("utf-16")),
    "header of brackets": _safetensors(b'{"w": ' + b"[" * 100_000),
    "header of a list": _safetensors([1]),
    "tensor of nothing": _safetensors({"w": {}}),
    "unknown numbers": _entry(dtype="F31"),
    "numbers of 8 bits": _entry(dtype="F8_E4M3", shape=[16]),
    "whole tensors": _entry(dtype="I32"),
    "shape of more": _entry(shape=[5]),
    "shape of less": _entry(shape=[3]),
    "negative shape": _entry(shape=[-4]),
    "shape that overflows": _entry(shape=[2**63, 2]),
    "shape of texts": _entry(shape=["4"]),
    "offsets beyond the file": _entry(data_offsets=[0, 160]),
    "offsets that go back": _entry(data_offsets=[16, 0]),
    "offsets with a hole": _entry(shape=[2], data_offsets=[8, 16]),
    "overlapping tensors": _safetensors(
        {name: {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]} for name in "ab"}
    ),
    "one name twice": _safetensors(
        b'{"w": {"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
        b'"w": {"dtype":"F32","shape":[2],"data_offsets":[8,16]}}'
    ),
    "numbers that are not finite": save({"w": np.float32([np.inf])}),
    "variances below zero": save({"bn.running_var": np.float32([-1])}),
}
"""Files of safetensors."""
