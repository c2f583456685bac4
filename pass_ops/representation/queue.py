"""The latest embeddings of each view, which steady the codes of small batches (method 4.6)."""

from __future__ import annotations

import numpy as np

from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.jittor import jt


class Queue:
    """First-in, first-out store of unit embeddings.

    Args:
        views: views that codes are computed of.
        length: embeddings per view; cut to a multiple of `batch_size`.
        batch_size: embeddings pushed at a time.
        features: length of an embedding.
    """

    def __init__(self, *, views: int, length: int, batch_size: int, features: int) -> None:
        self.length = length - length % batch_size
        self.stored = [jt.zeros((self.length, features)).stop_grad() for _ in range(views)]
        self.pushed = [0] * views
        self.in_use = False

    def start_epoch(self) -> None:
        """Join the codes from now on if every slot is filled; asked once an epoch."""
        self.in_use = self.length > 0 and all(pushed >= self.length for pushed in self.pushed)

    def extend(self, view: int, scores: jt.Var, prototypes: jt.Var) -> jt.Var:
        """Stack the stored embeddings' scores above those of the batch, if the queue is in use.

        Args:
            view: whose codes are computed.
            scores: [B, P] of the batch.
            prototypes: [P, features].

        Returns:
            [length + B, P], or `scores` itself.
        """
        if not self.in_use:
            return scores
        return jt.concat([jt.nn.matmul_transpose(self.stored[view], prototypes), scores])

    def push(self, view: int, embeddings: jt.Var) -> None:
        """Put the newest embeddings at the front, dropping the oldest.

        Args:
            view: that they are of.
            embeddings: unit vectors [B, features].
        """
        if self.length == 0:
            return
        newest = self.stored[view][: self.length - embeddings.shape[0]]
        self.stored[view] = jt.concat([embeddings.detach(), newest]).stop_grad()
        self.pushed[view] += embeddings.shape[0]

    def snapshot(self) -> Snapshot:
        """Contents, how much was pushed, and whether it is in use."""
        stored = {f"{view}": np.array(one.numpy()) for view, one in enumerate(self.stored)}
        return Snapshot(arrays=stored, values={"pushed": list(self.pushed), "in_use": self.in_use})

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from what `snapshot` gave."""
        self.stored = [
            jt.array(snapshot.arrays[f"{view}"]).stop_grad() for view in range(len(self.stored))
        ]
        self.pushed, self.in_use = list(snapshot.values["pushed"]), snapshot.values["in_use"]
