"""From plain dictionaries (YAML, JSON, KFP parameters) to frozen dataclasses, with every mistake
reported.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from pass_ops.errors import ConfigError

Config = TypeVar("Config")


def limited(
    *,
    default: Any,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """A dataclass field whose value, or each of whose values, must lie in [low, high] or among
    `choices`.
    """
    limits = {"low": low, "high": high, "choices": choices}
    return dataclasses.field(
        default=default,
        metadata={name: limit for name, limit in limits.items() if limit is not None},
    )


def build(kind: type[Config], values: Mapping[str, Any], where: str = "") -> Config:
    """Make a `kind` of `values`; missing keys keep their defaults.

    KFP hands integers in dictionaries over as floats: 3.0 is taken for 3 where an integer is due.

    Raises:
        ConfigError: unknown keys, wrong types and values out of range, all of them in one line.
    """
    config, problems = _build(kind, values, where)
    if problems:
        raise ConfigError("; ".join(problems))
    return typing.cast(Config, config)


def _build(kind: type[Any], values: Mapping[str, Any], where: str) -> tuple[Any, list[str]]:
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    problems = [
        f"unknown configuration key {where}{name}: known here are {', '.join(fields)}"
        for name in values
        if name not in fields
    ]
    made: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in values:
            continue
        path, value, hint = f"{where}{name}", values[name], hints[name]
        if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
            made[name], found = _build(typing.cast(type[Any], hint), value, f"{path}.")
            problems += found
            continue
        try:
            made[name] = _coerce(hint, value)
        except (TypeError, ValueError, OverflowError):
            problems.append(f"{path} = {value!r} is not of type {_spell(hint)}")
            continue
        problems += [
            f"{path} = {part!r} {wrong}"
            for part in _parts(made[name])
            if (wrong := _outside(part, field.metadata))
        ]
    if problems:
        return None, problems
    try:
        return kind(**made), []
    except ConfigError as error:
        return None, [f"{where.rstrip('.') or kind.__name__}: {error}"]


def _coerce(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _coerce(
            next(argument for argument in arguments if argument is not type(None)), value
        )
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise TypeError
        return tuple(_coerce(arguments[0], part) for part in value)
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


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _outside(value: Any, limits: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if "choices" in limits and value not in limits["choices"]:
        return f"is none of {', '.join(limits['choices'])}"
    if "low" in limits and not value >= limits["low"]:
        return f"is below {limits['low']}"
    if "high" in limits and not value <= limits["high"]:
        return f"is above {limits['high']}"
    return ""


def _spell(hint: Any) -> str:
    return (
        hint.__name__
        if isinstance(hint, type) and not typing.get_args(hint)
        else str(hint).replace("typing.", "")
    )
