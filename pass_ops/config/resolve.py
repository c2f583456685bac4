"""Profile + overrides + run parameters → one dictionary per stage.

Each stage gets only its own settings, so that changing one stage leaves the cached results of those
before it valid.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from importlib import resources
from typing import Any, get_type_hints

import yaml

from pass_ops.config.common import CommonConfig
from pass_ops.config.masks import PromptConfig
from pass_ops.config.renamed import pop_renamed
from pass_ops.config.schema import build
from pass_ops.config.settings import CONFIGS
from pass_ops.errors import ConfigError


def profiles() -> tuple[str, ...]:
    """Names of the profiles that ship with the package."""
    files = (resources.files("pass_ops.config") / "profiles").iterdir()
    return tuple(
        sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))
    )


def resolve(
    *,
    profile: str,
    overrides: Mapping[str, Any] | None = None,
    seed: int | None = None,
    compat: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Settings of every stage as plain values.

    Masks of everything are made where prompts go by what they refine, unless `make_regions.enabled`
    says otherwise (method 11.3).

    Args:
        profile: a name of `profiles()`.
        overrides: nested (`{"pretrain": {"epochs": 3}}`) or dotted (`{"pretrain.epochs": 3}`); they
            win over the profile.
        seed, compat: set in every stage that has such a setting, unless an override names it.

    Raises:
        ConfigError: unknown profile, stage or key, a key's old name, a wrong type, a value out of
            range; all of them in one line.
    """
    settings = _profile(profile)
    common = {"seed": seed, "compat": compat}
    problems = _problems_of(common)
    _merge(settings, _of_every_stage({} if problems else common))
    _merge(settings, _nested(overrides or {}))
    problems += pop_renamed(settings)
    problems += [
        f"unknown stage {stage}: known are {', '.join(CONFIGS)}"
        for stage in settings
        if stage not in CONFIGS
    ]
    resolved: dict[str, dict[str, Any]] = {}
    for stage, kind in CONFIGS.items():
        if not isinstance(settings[stage], Mapping):
            problems.append(f"{stage} = {settings[stage]!r} is not a table of settings")
            continue
        try:
            resolved[stage] = complete(kind, settings[stage], f"{stage}.")
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("; ".join(problems))
    if "enabled" not in settings["make_regions"]:
        prompts = build(PromptConfig, resolved["prompt_masks_round_1"])
        resolved["make_regions"]["enabled"] = not prompts.multi
    return resolved


def _profile(name: str) -> dict[str, Any]:
    """A profile's settings, on top of those of the profile that it extends."""
    if name not in profiles():
        raise ConfigError(f"unknown profile {name!r}: known are {', '.join(profiles())}")
    text = (resources.files("pass_ops.config") / "profiles" / f"{name}.yaml").read_text()
    values: dict[str, Any] = yaml.safe_load(text)
    parent = values.pop("extends", None)
    settings = {} if parent is None else _profile(parent)
    # PyYAML gives an anchor and its aliases one and the same table; `_merge` copies it for each
    # stage, without which an override of one stage would change the others too.
    _merge(settings, values)
    return settings


def complete(kind: type[Any], values: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """All settings of a stage as plain values, without those that are None.

    Args:
        kind, values, where: see `schema.build`.

    Raises:
        ConfigError: see `schema.build`.
    """
    return _plain(dataclasses.asdict(build(kind, values, where)))


def changed(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those settings of a stage that are not their defaults: `complete` knows the others.

    Args:
        kind: the class of the settings.
        values: all of them, as `resolve` returns them.
    """
    kinds, defaults = get_type_hints(kind), complete(kind, {})
    return {
        name: changed(kinds[name], value) if dataclasses.is_dataclass(kinds[name]) else value
        for name, value in values.items()
        if value != defaults.get(name)
    }


def _problems_of(common: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings that many stages share, which none of them then reports."""
    try:
        build(CommonConfig, {name: value for name, value in common.items() if value is not None})
    except ConfigError as error:
        return [str(error)]
    return []


def _of_every_stage(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Those of `values` that are not None, for each stage that has a setting of this name."""
    return {
        stage: {
            field.name: values[field.name]
            for field in dataclasses.fields(kind)
            if values.get(field.name) is not None
        }
        for stage, kind in CONFIGS.items()
    }


def _nested(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides with a table in place of each dot: `{"a.b": 1}` as `{"a": {"b": 1}}`."""
    nested: dict[str, Any] = {}
    for name, value in overrides.items():
        first, _, rest = name.partition(".")
        if rest:
            value = _nested({rest: value})
        elif isinstance(value, Mapping):
            value = _nested(value)
        _merge(nested, {first: value})
    return nested


def _merge(target: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Put copies of `changes` into `target`, table by table.

    Args:
        target: nested settings, which are changed.
        changes: nested settings that win.
    """
    for name, value in changes.items():
        if isinstance(value, Mapping) and isinstance(target.get(name), dict):
            _merge(target[name], value)
        else:
            target[name] = copy.deepcopy(value)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them, without those that are None: KFP takes no null in a dictionary."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            plain[name] = _plain(value)
        elif value is not None:
            plain[name] = list(value) if isinstance(value, tuple) else value
    return plain
