"""Types that the stages share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Settings = Mapping[str, Any]
Metadata = dict[str, Any]
