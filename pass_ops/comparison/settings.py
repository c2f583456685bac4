"""What two runs were told otherwise."""

from __future__ import annotations

from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.text_table import NOTHING, Table
from pass_ops.tracking.params import dotted

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
        resolved = result.overrides
    return {
        key: str(value)
        for key, value in dotted(resolved)
        if key.rpartition(".")[2] not in _OF_THE_RUN
    }
