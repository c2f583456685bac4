"""The task that begins a run: it says what the run's inputs mean at present."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kfp import dsl

from components.preparation.resolve_config import resolve_config


def resolved_inputs(**inputs: Any) -> Mapping[str, Any]:
    """Make the task, which no cache can answer for, as what it finds is the key of all that follows
    (docs/placement.md, Cache).

    Args:
        inputs: of `resolve_config`, but for the run's name.

    Returns:
        its outputs, channels by name.
    """
    task = resolve_config(**inputs, run_name=dsl.PIPELINE_JOB_NAME_PLACEHOLDER)
    task.set_caching_options(False)
    return task.outputs
