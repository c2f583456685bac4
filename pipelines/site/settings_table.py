"""The settings of a stage as a table in Markdown, from the dataclass that declares them."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_type_hints

import docstring_parser

from pass_ops.config.coercion import spelling
from pass_ops.config.resolve import profiles, resolve
from pass_ops.config.settings import CONFIGS
from pass_ops.tracking.params import dotted

HEADER = "| key | meaning | type | default | set by profiles |\n|---|---|---|---|---|\n"


def settings_table(key: str) -> str:
    """Every setting under a key of profiles and overrides.

    Args:
        key: of the stage's settings: `pretrain`.
    """
    return HEADER + "".join(_rows(key, CONFIGS[key], CONFIGS[key]()))


def _rows(before: str, kind: type[Any], default: Any) -> Iterator[str]:
    """A row for each setting, those inside of other dataclasses included.

    Args:
        before: the key that they are under.
        kind: the dataclass.
        default: one with the values that hold where nothing is set.
    """
    hints, meanings = get_type_hints(kind), _meanings(kind)
    for one in dataclasses.fields(kind):
        value, path = getattr(default, one.name), f"{before}.{one.name}"
        if dataclasses.is_dataclass(hints[one.name]):
            yield from _rows(path, hints[one.name], value)
            continue
        cells = (
            # The heading says which stage's.
            f"`{path.partition('.')[2]}`",
            meanings.get(one.name, ""),
            ", ".join(filter(None, (spelling(hints[one.name]), _range(one.metadata)))),
            f"`{_shown(value)}`",
            _of_profiles(path, value),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _meanings(kind: type[Any]) -> dict[str, str]:
    """What the docstrings of a dataclass and of those that it extends say of each field."""
    meanings: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        for field in docstring_parser.parse(inspect.cleandoc(base.__doc__ or "")).params:
            text = " ".join((field.description or "").split())
            for name in field.arg_name.split(","):
                # "As in" the base, of which the meaning is known already.
                if not (name.strip() in meanings and text.startswith("as in")):
                    meanings[name.strip()] = text
    return meanings


def _range(limits: Mapping[str, Any]) -> str:
    if "choices" in limits:
        return "one of " + ", ".join(map(str, limits["choices"]))
    low, high = limits.get("low"), limits.get("high")
    if low is None and high is None:
        return ""
    if high is None:
        return f"≥ {low}"
    return f"≤ {high}" if low is None else f"{low} to {high}"


def _of_profiles(path: str, default: Any) -> str:
    """Each profile's value where it is not the default.

    Args:
        path: of the setting.
        default: where nothing is set.
    """
    values = {profile: _resolved(profile).get(path) for profile in profiles()}
    return ", ".join(
        f"{profile}: `{_shown(value)}`"
        for profile, value in values.items()
        if _shown(value) != _shown(default)
    )


@cache
def _resolved(profile: str) -> Mapping[str, Any]:
    return dict(dotted(resolve(profile=profile)))


def _shown(value: Any) -> str:
    """A value as an override in JSON has it."""
    text = str(list(value) if isinstance(value, tuple) else value)
    text = {"True": "true", "False": "false", "None": "null", "": '""'}.get(text, text)
    return re.sub(r"(\d)\.0\b", r"\1", text)
