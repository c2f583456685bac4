"""The two ways in which a stage can compute (method 0.2)."""

from __future__ import annotations

COMPAT = ("fixed", "reference")
"""`fixed` repairs the defects of the published code, `reference` keeps them."""
