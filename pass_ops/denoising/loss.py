"""Cross-entropy with smoothed targets (method 9.5)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn


def cross_entropy(logits: jt.Var, labels: jt.Var, smoothing: float) -> jt.Var:
    """Mean over the batch of −Σ t·log p, where t is smoothing / K, at the label 1 − smoothing more.

    Args:
        logits: [N, K].
        labels: [N] int32 in 0…K − 1.
        smoothing: 0…1.
    """
    log_p = nn.log_softmax(logits, dim=1)
    targets = nn.one_hot(labels, logits.shape[1]) * (1 - smoothing) + smoothing / logits.shape[1]
    return -(targets * log_p).sum(1).mean()
