"""Settings as MLflow keeps them: one flat table of short texts."""

from __future__ import annotations

import json
from collections.abc import Mapping

# Limits of MLflow's REST API, in characters.
NAME_LENGTH, VALUE_LENGTH = 250, 6000


def flatten(params: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """`{"views": {"sizes": [224, 96]}}` as `{"views.sizes": "[224, 96]"}`.

    MLflow would refuse longer ones: names keep their last 250 characters, values their first 6000.

    Args:
        params: nested to any depth.
        prefix: what stands before each name.
    """
    flat: dict[str, str] = {}
    for key, value in params.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{name}.")
        else:
            flat[name[-NAME_LENGTH:]] = _text(value)[:VALUE_LENGTH]
    return flat


def _text(value: object) -> str:
    return json.dumps(value, default=str) if isinstance(value, list | tuple | dict) else str(value)
