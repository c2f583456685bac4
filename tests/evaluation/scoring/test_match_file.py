"""match.json of anyone: a permutation of 1..K in whole numbers, or one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.errors import DataError
from pass_ops.evaluation.scoring.match_file import read_match

permutations = st.integers(1, 12).flatmap(lambda k: st.permutations(range(1, k + 1)))
values = st.one_of(
    st.integers(-2, 4),
    # Jittor, once imported, has the processor flush subnormal numbers.
    st.floats(allow_subnormal=False),
    st.text(max_size=2),
    st.booleans(),
    st.none(),
    st.lists(st.just(1)),
)
keys = st.one_of(
    st.integers(-1, 4).map(str), st.sampled_from(["01", " 1", "+1", "1_0", "\u0661", "1.0"])
)


def outcome(path: Path) -> tuple[int, ...] | str:
    """The matching in a file, or the line that refuses it."""
    try:
        return read_match(path)
    except DataError as error:
        return str(error)


@given(classes=permutations, with_zero=st.booleans(), order=st.randoms())
def test_every_permutation_is_read(
    tmp_path_factory: pytest.TempPathFactory, classes: list[int], with_zero: bool, order
) -> None:
    entries = [(str(label), cls) for label, cls in enumerate(classes, start=1)]
    entries += [("0", 0)] if with_zero else []
    order.shuffle(entries)
    path = tmp_path_factory.mktemp("match") / "match.json"
    path.write_text(json.dumps(dict(entries)))
    assert read_match(path) == tuple(classes)


@given(entries=st.lists(st.tuples(keys, values), max_size=4))
def test_whatever_is_read_stands_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("match") / "match.json"
    path.write_text(
        "{" + ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries) + "}"
    )
    classes = outcome(path)
    if isinstance(classes, str):
        assert classes.startswith(f"{path}: ")
        assert "\n" not in classes
        return
    assert sorted(classes) == list(range(1, len(classes) + 1))
    stated = [(str(label), cls) for label, cls in enumerate(classes, start=1)]
    assert sorted(entry for entry in entries if entry != ("0", 0)) == sorted(stated)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_matching_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("match") / "match.json"
    path.write_bytes(data)
    with pytest.raises(DataError) as raised:
        read_match(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"1": 2.9, "2": 1.2, "0": 0}', "1 goes to 2.9, which is no whole number"),
        ('{"1": 1e400, "2": 1}', "1 goes to inf, which is no whole number"),
        ('{"1": NaN}', "1 goes to nan, which is no whole number"),
        ('{"1": 1.0}', "1 goes to 1.0, which is no whole number"),
        ('{"1": "1"}', "1 goes to '1', which is no whole number"),
        ('{"1": true}', "1 goes to True, which is no whole number"),
        ('{"1": 1, "2": 2, "1": 1}', "'1' stands in it more than once"),
        ('{"1": 1, "01": 2}', "the key '01' is no label"),
        ('{"-1": 1}', "the key '-1' is no label"),
        ('{"1": -1}', "1 goes to -1, outside 1..1"),
        ('{"0": 1, "1": 2}', "0 goes to 1; 1 goes to 2, outside 1..1"),
        ('{"1": 2, "3": 1}', "2 missing"),
        ("[1]", "not an object with an entry for each label"),
        ("{}", "1 missing"),
        ('{"0": 0}', "1 missing"),
        # How deep is too deep depends on what has been imported; that it is none does not.
        ("[" * 100_000, "not a match.json"),
        ("9" * 5000, "Exceeds the limit"),
    ],
)
def test_the_line_says_what_is_wrong(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "match.json"
    path.write_text(text)
    with pytest.raises(DataError) as raised:
        read_match(path)
    assert str(raised.value).startswith(str(path))
    assert what in str(raised.value)
    assert str(raised.value).endswith(": match again")


def test_a_byte_order_mark_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "match.json"
    path.write_text('\ufeff{"1": 2, "2": 1}', encoding="utf-8")
    assert read_match(path) == (2, 1)


def test_a_long_list_of_wrong_entries_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "match.json"
    path.write_text(json.dumps({str(label): 0 for label in range(1, 100)}))
    with pytest.raises(DataError, match=r"; 79 more\): match again$"):
        read_match(path)
