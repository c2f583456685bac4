"""Every kind of hostile file is refused by the reader that it is meant for, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.kinds import FILES, KINDS, require_refused

LEAST = 200
"""Kinds that there are to be."""


@pytest.mark.parametrize(("group", "name"), FILES)
def test_a_hostile_file_is_refused_in_one_line(group: str, name: str, tmp_path: Path) -> None:
    require_refused(group, name, tmp_path)


def test_the_kinds_are_as_many_as_are_said() -> None:
    contents = {data for _, files in KINDS.values() for data in files.values()}
    assert len(contents) >= LEAST
