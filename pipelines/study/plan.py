"""What a study runs, as a YAML file lists it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pass_ops.config.plain_yaml import load_yaml
from pass_ops.config.schema import build
from pass_ops.errors import ConfigError
from pass_ops.storage.opening import read_text, reading
from pipelines.local.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Every setting is run on every data set with every seed.

    Attributes:
        settings: overrides on top of the profile, as `OVERRIDES` has them, by a name for the
            table; the others are compared with the first.
        sets: folders of data sets, or `none` for the synthetic set.
        seeds: of all random choices; a spread needs two at least.
        profile: settings of all stages, by name.
    """

    settings: dict[str, dict[str, Any]]
    sets: tuple[str, ...]
    seeds: tuple[int, ...] = (31, 32, 33)
    profile: str = "small"

    def __post_init__(self) -> None:
        for name in ("settings", "sets", "seeds"):
            if not getattr(self, name):
                raise ConfigError(f"{name} is empty: name one at least")
        for name, overrides in self.settings.items():
            if not isinstance(name, str) or not isinstance(overrides, Mapping):
                raise ConfigError(
                    f"settings.{name} = {overrides!r}: write the overrides of each setting as a "
                    "table, {} for none"
                )


@dataclass(frozen=True)
class Trial:
    """A run of a study.

    Attributes:
        name: of its setting.
        settings: of the run.
    """

    name: str
    settings: Settings


def load_plan(file: Path) -> Plan:
    """Read a study's file.

    Raises:
        ConfigError: it is not there, is no such file, or has a name that MLflow cannot look for.
    """
    if not re.fullmatch(r"[\w.-]+", file.stem):
        raise ConfigError(f"{file}: the study is named by its file: use letters, digits, _ . -")
    if not file.is_file():
        raise ConfigError(f"STUDY={file}: no such file: benchmarks/studies/ has one to start from")
    advice = "write it like benchmarks/studies/labels.yaml"
    with reading(path=file, what="study", advice=advice, refusal=ConfigError):
        text = read_text(file)
    try:
        values = load_yaml(text)
    # A number of thousands of digits, brackets without end.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{file}: not a mapping: {advice}")
    try:
        return build(Plan, values, "study.")
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from error


def trials(plan: Plan) -> Iterator[Trial]:
    """The runs of a study, in the order in which they are made: all settings with one seed before
    the next, so that a study that is interrupted has something to compare.
    """
    for data in plan.sets:
        for seed in plan.seeds:
            for name, overrides in plan.settings.items():
                yield Trial(
                    name,
                    Settings(
                        data=data,
                        profile=plan.profile,
                        seed=seed,
                        compat="fixed",
                        overrides=overrides,
                        mask_back_end="",
                        mask_weights="",
                    ),
                )
