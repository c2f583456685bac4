"""Settings as MLflow keeps them: one flat table of short texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

# Limits of MLflow's REST API, in characters.
NAME_LENGTH, VALUE_LENGTH = 250, 6000


def flatten(params: Mapping[str, object]) -> dict[str, str]:
    """`{"views": {"sizes": [224, 96]}}` as `{"views.sizes": "[224, 96]"}`.

    MLflow would refuse longer ones: names keep their last 250 characters, values their first 6000.

    Args:
        params: nested to any depth.
    """
    return {name[-NAME_LENGTH:]: _text(value)[:VALUE_LENGTH] for name, value in dotted(params)}


def dotted(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """`{"views": {"hue": 0.2}}` as `views.hue` and 0.2: what is in nested mappings, and its key.

    Args:
        values: nested to any depth; empty ones have nothing in them.
        prefix: what stands before each key.
    """
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from dotted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _text(value: object) -> str:
    return json.dumps(value, default=str) if isinstance(value, list | tuple | dict) else str(value)
