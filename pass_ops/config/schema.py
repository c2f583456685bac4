"""From plain dictionaries to frozen dataclasses, with every mistake reported."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from pass_ops.config.coercion import coerce, spelling
from pass_ops.errors import ConfigError

Config = TypeVar("Config")

_MOST = 8
"""Problems that an error names."""
_LONGEST = 100
"""Signs of a name or a value in it."""


def limited(
    *,
    default: Any,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """A dataclass field with limits, which hold for each value of a tuple.

    Args:
        default: the field's value where none is set.
        low, high: of a number, both included; None for no limit.
        choices: what a text may be; None for anything.
    """
    limits = {"low": low, "high": high, "choices": choices}
    return dataclasses.field(
        default=default,
        metadata={name: limit for name, limit in limits.items() if limit is not None},
    )


def build(kind: type[Config], values: Mapping[str, Any], where: str = "") -> Config:
    """Make a `kind` of `values`; missing keys keep their defaults.

    Args:
        kind: a dataclass.
        values: by field name; nested where a field is a dataclass itself; see `coerce` for types.
        where: what stands before each key in error messages, `pretrain.` for example.

    Raises:
        ConfigError: unknown keys, wrong types and values out of range, all of them in one line.
    """
    config, problems = _build(kind, values, where)
    if problems:
        more = f"; and {len(problems) - _MOST} more" if len(problems) > _MOST else ""
        raise ConfigError("; ".join(problems[:_MOST]) + more)
    return typing.cast(Config, config)


def _build(kind: type[Any], values: Mapping[str, Any], where: str) -> tuple[Any, list[str]]:
    """The dataclass, or None and what is wrong.

    Args:
        kind, values, where: as in `build`.
    """
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    problems = [
        f"unknown configuration key {where}{_shown(name)}: known here are {', '.join(fields)}"
        for name in values
        if name not in fields
    ]
    arguments: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in values:
            if field.default is field.default_factory is dataclasses.MISSING:
                problems.append(f"{where}{name} is missing")
            continue
        path, value, hint = f"{where}{name}", values[name], hints[name]
        if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
            arguments[name], problems_inside = _build(
                typing.cast(type[Any], hint), value, f"{path}."
            )
            problems += problems_inside
            continue
        try:
            arguments[name] = coerce(hint, value)
        except (TypeError, ValueError, OverflowError):
            problems.append(f"{path} = {_shown(repr(value))} is not of type {spelling(hint)}")
            continue
        problems += [
            f"{path} = {_shown(repr(part))} {breach}"
            for part in _parts(arguments[name])
            if (breach := _breach(part, field.metadata))
        ]
    if problems:
        return None, problems
    try:
        return kind(**arguments), []
    except ConfigError as error:
        return None, [f"{where.rstrip('.') or kind.__name__}: {error}"]


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _breach(value: Any, limits: Mapping[str, Any]) -> str:
    """Which limit a value breaks, or nothing.

    Args:
        value: a number, a text, or None, for which there are no limits.
        limits: as `limited` stores them.
    """
    if value is None:
        return ""
    if "choices" in limits and value not in limits["choices"]:
        return f"is none of {', '.join(limits['choices'])}"
    if "low" in limits and not value >= limits["low"]:
        return f"is below {limits['low']}"
    if "high" in limits and not value <= limits["high"]:
        return f"is above {limits['high']}"
    return ""
