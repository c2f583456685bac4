"""JSON as Go's encoding/json writes it, by which KFP and Argo keep everything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def go_json(value: Any) -> str:
    """JSON without blanks, with sorted keys and with signs of HTML as escapes."""
    text = json.dumps(_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _numbers(value: Any) -> Any:
    """Numbers as Go writes them: 2.0 is 2."""
    if isinstance(value, Mapping):
        return {key: _numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
