"""Dropout that does not depend on the number of ranks (`engine.ranks`)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn
from pass_ops.engine.ranks.collectives import own_part
from pass_ops.engine.ranks.world import size


class Dropout(nn.Dropout):
    """Jittor's, of whose noise for the whole batch each rank takes its rows."""

    def execute(self, x: jt.Var) -> jt.Var:
        """Drop values of [N, …] while training."""
        if not self.is_train:
            return x
        noise = own_part(jt.random((size() * x.shape[0], *x.shape[1:])))
        return x * (noise > self.p).int() / (1.0 - self.p)
