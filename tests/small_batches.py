"""Batches that the tiny set fills."""

from __future__ import annotations

from typing import get_type_hints

from pass_ops.config.settings import CONFIGS

SMALL_BATCHES = {
    f"{name}.batch_size": 8 for name, kind in CONFIGS.items() if "optimiser" in get_type_hints(kind)
}
"""Of every training, as overrides."""
