"""What a result must be called, by what has seen people's labels (method 0.5)."""

from __future__ import annotations

from pass_ops.models.card import RANDOM
from pass_ops.models.public_sources import WITH_LABELS

SAM = ("sam", "onnx")
"""The back ends of masks whose weights were learned from people's masks."""


def protocol(masks: str, initial: str) -> str:
    """What to call results of these masks and first weights; only those of neither help are
    unsupervised.

    Args:
        masks: what made them: a back end's name, or "none" where nothing did.
        initial: what all training began with: "random", or whose weights.
    """
    helps = []
    if masks in SAM:
        helps.append("SAM-assisted")
    elif masks not in ("classical", "none"):
        helps.append(f"{masks}-assisted")
    if WITH_LABELS in initial:
        helps.append("supervised-initialised")
    if helps:
        return ", ".join(helps)
    return "unsupervised" if initial == RANDOM else "from imported weights"
