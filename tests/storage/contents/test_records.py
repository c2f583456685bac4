"""JSON as dataclasses, or refused by the name of what is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.storage.contents.records import as_record, read_record


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A part of a record."""

    text: str
    number: float


@dataclass(frozen=True, kw_only=True)
class Outer:
    """A record of all that one can hold."""

    parts: tuple[Inner, ...]
    pair: tuple[int, int]
    by_name: dict[str, float]
    anything: Any
    perhaps: int | None
    flag: bool = False


PLAIN = {
    "parts": [{"text": "a", "number": 1}, {"text": "b", "number": None}],
    "pair": [1, 2],
    "by_name": {"x": 2.5},
    "anything": {"y": [None]},
    "perhaps": None,
}


def test_arrays_become_tuples_and_null_is_nan_where_a_number_is_due() -> None:
    record = as_record(Outer, PLAIN)
    assert (record.pair, record.by_name, record.perhaps) == ((1, 2), {"x": 2.5}, None)
    assert record.parts[0] == Inner(text="a", number=1.0)
    assert type(record.parts[0].number) is float
    assert math.isnan(record.parts[1].number)
    assert record.anything == {"y": [None]}
    assert record.flag is False


def test_keys_of_a_later_version_are_left_out() -> None:
    assert as_record(Inner, {"text": "a", "number": 2, "more": 3}) == Inner(text="a", number=2.0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"parts": [{"text": "a"}]}, "parts[0].number is missing"),
        ({"parts": [{"text": 3, "number": 1}]}, "parts[0].text is 3, not text"),
        ({"parts": {"text": "a", "number": 1}}, "parts is {'text': 'a', 'number': 1}, not array"),
        ({"parts": "ab"}, "parts is 'ab', not array"),
        ({"pair": [1]}, "pair has 1 parts, not 2"),
        ({"pair": [1, True]}, "pair[1] is True, not whole number"),
        ({"pair": [1, 2.0]}, "pair[1] is 2.0, not whole number"),
        ({"by_name": {"x": "2"}}, "by_name.x is '2', not number"),
        ({"by_name": []}, "by_name is [], not object"),
        ({"perhaps": "x" * 99}, f"perhaps is '{'x' * 39}…, not whole number"),
        ({"flag": 0}, "flag is 0, not true or false"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r"^") as raised:
        as_record(Outer, PLAIN | change)
    assert str(raised.value) == problem


def test_a_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[]")
    with pytest.raises(ArtifactError) as raised:
        read_record(kind=Inner, path=path, what="thing", advice="make it again")
    assert str(raised.value) == f"{path} holds no thing (it is [], not object): make it again"
