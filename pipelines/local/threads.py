"""How many threads the stages of a run compute with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError
from pipelines.local.settings import Settings
from pipelines.servers.environment import environment_variables

VARIABLE = "OMP_NUM_THREADS"
NARROW = 16
"""Channels of a network's first stage up to which a second thread takes processor time and gains
nothing: docs/results.md, "`make run` on the synthetic set". With 32 channels it gains a half.
"""


@contextmanager
def threads_chosen(settings: Settings) -> Iterator[None]:
    """Let stages compute with one thread while the block lasts, where networks are narrow.

    Others take as many as there are cores, and all take what the environment says.

    Args:
        settings: of the run.
    """
    chosen = {VARIABLE: "1"} if VARIABLE not in os.environ and _narrow(settings) else {}
    with environment_variables(chosen):
        yield


def _narrow(settings: Settings) -> bool:
    """Whether a run's networks are."""
    try:
        stages = resolve(
            profile=settings.profile,
            overrides=settings.overrides,
            seed=settings.seed,
            compat=settings.compat,
        )
    except ConfigError:
        # That of another pipeline, whose stages say what is wrong.
        return False
    return bool(stages["pretrain"]["network"]["width"] <= NARROW)
