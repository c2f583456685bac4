"""Shares of a sequence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.engine.checkpoints.share import Share
from pass_ops.errors import ConfigError


@given(st.integers(0, 100), st.integers(1, 20))
def test_shares_are_consecutive_and_as_large_as_each_other(pieces: int, count: int) -> None:
    parts = [Share(number, count).of(range(pieces)) for number in range(1, count + 1)]
    assert [piece for part in parts for piece in part] == list(range(pieces))
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def test_a_share_is_named_by_its_number_and_how_many_there_are() -> None:
    assert Share.parse("3/8") == Share(3, 8)
    assert Share.parse("") is None


@pytest.mark.parametrize("text", ["3", "0/8", "9/8", "3/0", "-1/8", "3/8/9", " 3/8", "a/b"])
def test_what_names_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"share .*: give its number and how many .* 3/8"):
        Share.parse(text)


def test_its_folder_is_known_again() -> None:
    assert Share.of_folder(Share(3, 8).folder) == Share(3, 8)
    for other in ("step-0000000003", "kept", "share-3-of-8", "share-0003-of-0008/x"):
        assert Share.of_folder(other) is None
