"""Signs that self-supervision has collapsed, read without labels (method 4.10)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import TrainingError

# Beyond these an epoch counts as collapsed.
MIN_SPREAD = 0.05
MAX_CODE_ENTROPY = 0.999


@dataclass(frozen=True)
class Health:
    """State of the embeddings and codes of one batch or, averaged, of one epoch.

    Attributes:
        spread: feature standard deviation, averaged over channels, times √features; 1 for
            directions spread evenly, 0 when all embeddings are one vector.
        code_entropy: mean entropy of a sample's code over log(prototypes); 1 when codes tell
            samples apart no longer.
        usage_entropy: entropy of the mean code over log(prototypes); 1 when prototypes are used
            evenly.
    """

    spread: float
    code_entropy: float
    usage_entropy: float


def health(embeddings: NDArray[np.float32], codes: NDArray[np.float32]) -> Health:
    """Measure a batch.

    Args:
        embeddings: unit vectors [N, D].
        codes: [N, P], rows of sum 1.
    """
    scale = math.log(codes.shape[1])
    spread = float(embeddings.std(axis=0).mean()) * math.sqrt(embeddings.shape[1])
    return Health(
        spread, float(_entropy(codes).mean()) / scale, float(_entropy(codes.mean(axis=0))) / scale
    )


def _entropy(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Entropy in nats over the last axis."""
    p = probabilities.astype(np.float64)
    return np.asarray(-(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1))


class CollapseAlarm:
    """Ends a training that stays collapsed.

    Args:
        patience: collapsed epochs in a row at which it ends.
    """

    def __init__(self, patience: int) -> None:
        self.patience, self.collapsed_epochs = patience, 0

    def check(self, epoch: int, state: Health) -> None:
        """Look at one epoch.

        Args:
            epoch: 0-based.
            state: averaged over the epoch.

        Raises:
            TrainingError: collapse in `patience` epochs running.
        """
        collapsed = state.spread < MIN_SPREAD or state.code_entropy > MAX_CODE_ENTROPY
        self.collapsed_epochs = self.collapsed_epochs + 1 if collapsed else 0
        if self.collapsed_epochs >= self.patience:
            raise TrainingError(
                f"collapse: after epoch {epoch} the features' spread is {state.spread:.3f} "
                f"(least {MIN_SPREAD}) and the codes' entropy {state.code_entropy:.4f} "
                f"(most {MAX_CODE_ENTROPY}) for {self.collapsed_epochs} epochs; nothing is being "
                "learned: lower swav.epsilon or optimiser.base_lr, or try optimiser.name = adamw"
            )
