"""What a stage tells whoever started it, besides the lines that it prints for people.

Where PASS_EVENTS is set, an event is a line of its own: a JSON object after the sign U+001E, as in
JSON text sequences (RFC 7464). Elsewhere it is the line for people that is one of its fields.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

EVENTS = "PASS_EVENTS"
_SIGN, _TEXT = "\x1e", "text"


def tell(text: str, **fields: object) -> None:
    """Print an event.

    Args:
        text: it as a line for people.
        fields: what is in it.
    """
    if os.environ.get(EVENTS):
        text = _SIGN + json.dumps({_TEXT: text, **fields})
    print(text, flush=True)


def read_event(line: str) -> tuple[str, Mapping[str, Any]]:
    """A printed line for people, and the fields of the event that it is, if it is one.

    Args:
        line: without its end.
    """
    if not line.startswith(_SIGN):
        return line, {}
    try:
        fields = json.loads(line.removeprefix(_SIGN))
        return str(fields.pop(_TEXT)), fields
    # Something else that begins with the sign.
    except (ValueError, KeyError, AttributeError, TypeError):
        return line, {}
