"""`docs/parameters.md` against the settings that there are."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

from pass_ops.config.settings import CONFIGS

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "parameters.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| `-")
]
KEY = re.compile(rf"`((?:{'|'.join(CONFIGS)})\.[\w.]+)`")


def keys(kind: type, prefix: str) -> set[str]:
    """Dotted names of all settings of the dataclass `kind`."""
    hints = typing.get_type_hints(kind)
    nested = {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)}
    inner = (keys(hint, f"{prefix}.{name}") for name, hint in nested.items())
    return {f"{prefix}.{name}" for name in hints.keys() - nested.keys()}.union(*inner)


def test_every_setting_that_is_named_exists() -> None:
    known = set.union(*(keys(kind, stage) for stage, kind in CONFIGS.items()))
    named = set(KEY.findall(TEXT))
    assert len(named) > 60
    assert named <= known


def test_every_flag_has_a_setting_or_the_reason_why_not() -> None:
    assert len(ROWS) > 45
    flags = [flag for row in ROWS for flag in re.findall(r"`(-[^`]+)`", row[0])]
    assert len(flags) == len(set(flags))
    for flag, programs, now, remarks in ROWS:
        assert programs, flag
        assert (
            KEY.search(now) or "pass-ops --" in now or (now in ("gone", "not yet") and remarks)
        ), flag
