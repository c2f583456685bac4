"""What fuzzing has found, each with what was wrong; all of it is refused or read rightly now."""

from __future__ import annotations

import json

from tests.fuzz.seeds import SEEDS

_JPEG = SEEDS["picture"][0]

CRASHES: dict[str, tuple[str, bytes]] = {
    # 430 s of `weights`: every key was named, with all that are known beside it.
    "a refusal of thousands of signs": (
        "weights",
        json.dumps({"stage": "x", "network": {}} | {f"key {n}": n for n in range(99)}).encode(),
    ),
    # 446 s of `picture`: IndexError.
    "a scan that does not say how many channels it has": (
        "picture",
        _JPEG[:2] + b"\xff\xda\0\2" + _JPEG[2:],
    ),
}
"""Target and bytes, by what happened."""
