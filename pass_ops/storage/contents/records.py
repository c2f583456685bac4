"""JSON of earlier stages, read as the dataclass that it was written from."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.opening import read_text, reading

Record = TypeVar("Record")

_LONGEST = 40
"""Characters of a wrong value that a line repeats."""
_LARGEST = 2**63
"""Whole numbers below it are what arrays and tables hold."""
_NAMES: dict[Any, str] = {
    dict: "object",
    list: "array",
    float: "number",
    int: "whole number",
    str: "text",
    bool: "true or false",
}


def read_record(*, kind: type[Record], path: Path, what: str, advice: str) -> Record:
    """What a file of JSON holds, as a `kind`; see `as_record`.

    Args:
        kind: a dataclass, or a dictionary or tuple of any.
        path: of the file.
        what: should be in it: "threshold curve".
        advice: what to do where it is not.

    Raises:
        ArtifactError: there is no such file, or something else is in it.
    """
    with reading(path=path, what=what, advice=advice):
        return as_record(kind, parse_json(read_text(path)))


def as_record(kind: type[Record], value: Any) -> Record:
    """Values of JSON as a `kind`: nothing is missing, and nothing is of another type.

    Arrays become tuples, objects dataclasses or dictionaries. Null is NaN where a number is due, as
    stages write it. Keys that a dataclass does not have are left out: a later version may have
    them.

    Args:
        kind: a dataclass whose fields are such kinds themselves; `dict[str, kind]`;
            `tuple[kind, ...]` or one of a certain length; `kind | None`; str, int, float, bool and
            Any.
        value: what the JSON says.

    Raises:
        ValueError: names what is missing or wrong.
    """
    return typing.cast(Record, _as(kind, value, ""))


def _as(hint: Any, value: Any, place: str) -> Any:
    """`value` as a type hint asks for it.

    Args:
        hint, value: see `as_record`.
        place: of the value: `chosen[0].percent`; empty for the whole.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin is types.UnionType:
        return None if value is None else _as(arguments[0], value, place)
    if origin is dict:
        return {
            name: _as(arguments[1], part, f"{place}.{name}".lstrip("."))
            for name, part in _require(dict, value, place).items()
        }
    if origin is tuple:
        parts = _require(list, value, place)
        if arguments[-1] is ...:
            arguments = (arguments[0],) * len(parts)
        if len(parts) != len(arguments):
            raise ValueError(f"{place or 'it'} has {len(parts)} parts, not {len(arguments)}")
        return tuple(
            _as(part_hint, part, f"{place}[{number}]")
            for number, (part_hint, part) in enumerate(zip(arguments, parts, strict=True))
        )
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint, _require(dict, value, place), place)
    if hint is float and value is None:
        return math.nan
    if hint is float and type(value) is int:
        return float(value)
    return _require(hint, value, place)


def _dataclass(kind: Any, values: dict[str, Any], place: str) -> Any:
    hints = typing.get_type_hints(kind)
    arguments = {}
    for field in dataclasses.fields(kind):
        where = f"{place}.{field.name}".lstrip(".")
        if field.name in values:
            arguments[field.name] = _as(hints[field.name], values[field.name], where)
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise ValueError(f"{where} is missing")
    return kind(**arguments)


def _require(kind: Any, value: Any, place: str) -> Any:
    """`value`, if it is of this very class: Python counts true as 1.

    Args:
        kind: one that JSON has.
        value: what the JSON says.
        place: of the value.
    """
    if type(value) is kind and (kind is not int or -_LARGEST <= value < _LARGEST):
        return value
    # Python spells no number of thousands of digits.
    shown = "a huge number" if type(value) is int and abs(value) > 2**9999 else repr(value)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}…"
    raise ValueError(f"{place or 'it'} is {shown}, not {_NAMES[kind]}")
