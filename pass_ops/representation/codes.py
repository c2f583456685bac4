"""Codes of the assigned views (method 4.5, 4.6)."""

from __future__ import annotations

from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.engine.jittor import jt
from pass_ops.engine.ranks.collectives import gather, own_part
from pass_ops.representation.queue import Queue
from pass_ops.representation.sinkhorn import sinkhorn


class Codes:
    """Computes the codes of the assigned views, with the queue's help.

    Args:
        config: settings of the training: `swav` and the batch size.
        features: length of an embedding.
    """

    def __init__(self, config: SelfSupervisedConfig, features: int) -> None:
        self.swav = config.swav
        self.queue = Queue(
            views=2,
            length=config.swav.queue_length,
            batch_size=config.batch_size,
            features=features,
        )
        self.collecting = False

    def start_epoch(self, epoch: int) -> None:
        """Start collecting embeddings at the configured epoch; use them once the queue is full."""
        self.collecting = epoch >= self.swav.queue_start_epoch
        self.queue.start_epoch()

    def assign(
        self, embeddings: list[jt.Var], scores: list[jt.Var], prototypes: jt.Var
    ) -> dict[int, jt.Var]:
        """Compute the codes of a batch, then push its embeddings into the queue.

        Args:
            embeddings: per view [B, features], unit vectors.
            scores: per view [B, P], embeddings against prototypes.
            prototypes: [P, features], unit rows.

        Returns:
            Codes [B, P] of each assigned view, by its index; the queue's rows steady them and are
            not returned.
        """
        codes = {}
        for view in self.swav.crops_for_assign:
            # Every rank balances the rows of all, and has the same queue.
            batch = gather(scores[view].detach())
            extended = self.queue.extend(view, batch, prototypes.detach())
            balanced = sinkhorn(extended, self.swav.epsilon, self.swav.sinkhorn_iterations)
            codes[view] = own_part(balanced[balanced.shape[0] - batch.shape[0] :])
            if self.collecting:
                self.queue.push(view, gather(embeddings[view].detach()))
        return codes
