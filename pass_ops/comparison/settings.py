"""What two runs were told otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.text_table import NOTHING, Table

# They are in every stage, and are facts of the run.
_OF_THE_RUN = ("seed", "compat")


def settings_table(names: tuple[str, str], results: tuple[Result, Result]) -> Table:
    """Facts and settings that differ; settings of profiles are as this version has them.

    Args:
        names: of the runs.
        results: of the runs.
    """
    first, second = (_facts(result) | _settings(result) for result in results)
    rows = tuple(
        (key, first.get(key, NOTHING), second.get(key, NOTHING))
        for key in dict.fromkeys((*first, *second))
        if first.get(key) != second.get(key)
    )
    return Table("Settings that differ", ("setting", *names), rows)


def _facts(result: Result) -> dict[str, str]:
    """What was run, by name, where it is known."""
    facts = {
        "data": result.data,
        "data_digest": result.data_digest,
        "profile": result.profile,
        "seed": str(result.seed),
        "compat": result.compat,
        "masks": result.mask_backend,
        "initial_weights": result.initial_weights,
        **{f"{name} chosen by": by for name, by in result.selection.items()},
        "commit": result.commit,
        **{f"version of {name}": version for name, version in result.versions.items()},
    }
    return {name: value for name, value in facts.items() if value}


def _settings(result: Result) -> dict[str, str]:
    """Every setting by its dotted key; the overrides alone where the profile is not known here."""
    try:
        resolved = resolve(
            profile=result.profile,
            overrides=result.overrides,
            seed=result.seed,
            compat=result.compat,
        )
    except ConfigError:
        return dict(_flat(result.overrides))
    return dict(_flat(resolved))


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys and values of nested tables.

    Args:
        values: the tables.
        before: the key that they are under, with a dot.
    """
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif name not in _OF_THE_RUN:
            yield f"{before}{name}", str(value)
