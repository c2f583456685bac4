"""A short name for the contents of a configuration."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any


def digest(config: Any) -> str:
    """First 16 hex digits of the SHA-256 of a configuration dataclass, in any order of fields."""
    text = json.dumps(dataclasses.asdict(config), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
