"""What fuzzing has found, each with what was wrong; all of it is refused or read rightly now."""

from __future__ import annotations

CRASHES: dict[str, tuple[str, bytes]] = {}
"""Target and bytes, by what happened."""
