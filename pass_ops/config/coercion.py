"""A plain value (of YAML, JSON, a KFP parameter) as a type hint asks for it."""

from __future__ import annotations

import math
import types
import typing
from typing import Any


def coerce(hint: Any, value: Any) -> Any:
    """`value` as `hint` has it: lists become tuples, whole floats integers, integers floats.

    KFP hands integers in dictionaries over as floats: 3.0 is taken for 3 where an integer is due.

    Args:
        hint: a class, a dictionary, a tuple of any length, or one of these or None.
        value: what a user wrote, or what KFP made of it.

    Raises:
        TypeError, ValueError, OverflowError: the value is of another type.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return coerce(next(argument for argument in arguments if argument is not type(None)), value)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise TypeError
        return tuple(coerce(arguments[0], part) for part in value)
    if origin is dict:
        if not isinstance(value, dict):
            raise TypeError
        return _with_integers(value)
    # Python counts True as 1, so a bool would pass for an integer below.
    if hint is bool or isinstance(value, bool):
        if hint is not bool or not isinstance(value, bool):
            raise TypeError
        return value
    if hint is int:
        if not isinstance(value, int | float) or int(value) != value:
            raise TypeError
        return int(value)
    if hint is float:
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise TypeError
        return float(value)
    if not isinstance(value, hint):
        raise TypeError
    return value


def _with_integers(value: Any) -> Any:
    """A value of any type, with integers for all whole floats in it."""
    if isinstance(value, dict):
        return {name: _with_integers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_integers(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def spelling(hint: Any) -> str:
    """A type hint as a user reads it: `int`, `float | None`, `tuple[int, ...]`."""
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    return str(hint).replace("typing.", "")
