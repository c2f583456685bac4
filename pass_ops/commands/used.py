"""Which options the tasks of a command use: those that would change nothing are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pass_ops.errors import ConfigError
from pass_ops.graph.recorder import Parameter, Setting, Task

# Parameters of a run that only stages which make masks have a use for.
MASK_OPTIONS = ("mask_back_end", "mask_weights")


def used_by(tasks: Iterable[Task]) -> set[str]:
    """Names of the settings and parameters of a run that tasks go by."""
    return {
        value.name
        for task in tasks
        for value in task.values.values()
        if isinstance(value, Setting | Parameter)
    }


def require_used(
    *, tasks: Iterable[Task], overrides: Mapping[str, Any], masks: Mapping[str, str]
) -> None:
    """Refuse options that would change nothing.

    Args:
        tasks: that a command runs.
        overrides: settings by dotted keys, as `--set` gives them.
        masks: values of `MASK_OPTIONS`; empty ones were not given.

    Raises:
        ConfigError: an option that none of the tasks uses.
    """
    tasks = list(tasks)
    used = used_by(tasks)
    options = {name: f"--{name.replace('_', '-')}" for name, value in masks.items() if value}
    options |= {key: f"--set {key}" for key in overrides}
    for name, option in options.items():
        if name.partition(".")[0] not in used:
            names = ", ".join(task.name for task in tasks)
            raise ConfigError(f"{option}: of no use to {names}; leave it out")
