"""`--set key=value` on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from pass_ops.config.plain_yaml import load_yaml
from pass_ops.errors import ConfigError

_LONGEST = 100
"""Characters of a setting that an error repeats."""


def parse_overrides(texts: Sequence[str]) -> dict[str, Any]:
    """Dotted keys and values of texts like `pretrain.epochs=3`; of a key that is named twice the
    last value holds.

    Raises:
        ConfigError: a text without key or `=`, or whose value is not YAML.
    """
    return dict(map(_parse, texts))


def _parse(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--set {_shown(text)}: write it like --set pretrain.epochs=3")
    return key.strip(), _value(text, value)


def _value(text: str, value: str) -> Any:
    try:
        return json.loads(value)  # YAML takes 1e-3 for a string.
    except (ValueError, RecursionError):
        pass
    try:
        # As JSON would have it: every key a string.
        return json.loads(json.dumps(load_yaml(value), default=str))
    # A number of thousands of digits, brackets without end.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"--set {_shown(text)}: the value is not YAML; "
            "write it like --set 'predict.sizes=[96, 128]'"
        ) from error


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
