"""Online clustering by swapped prediction (method 4.5 to 4.8)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class SwavConfig:
    """Prototypes, codes, and the queue of earlier embeddings.

    Attributes:
        temperature: of the softmax over prototypes.
        epsilon: smoothness of the codes.
        sinkhorn_iterations: normalisation rounds of the codes.
        queue_length: embeddings kept per view (0 for none); cut to a multiple of the batch.
        queue_start_epoch: 0-based epoch from which embeddings are kept.
        freeze_prototypes_iterations: first iterations in which prototypes get no gradient.
        crops_for_assign: views whose codes are computed, of the first two.
    """

    temperature: float = limited(default=0.1, low=1e-4)
    epsilon: float = limited(default=0.05, low=1e-4)
    sinkhorn_iterations: int = limited(default=3, low=1)
    queue_length: int = limited(default=2048, low=0)
    queue_start_epoch: int = limited(default=15, low=0)
    freeze_prototypes_iterations: int = limited(default=1001, low=0)
    crops_for_assign: tuple[int, ...] = limited(default=(0, 1), low=0, high=1)

    def __post_init__(self) -> None:
        if not self.crops_for_assign:
            raise ConfigError("crops_for_assign needs one view at least")
