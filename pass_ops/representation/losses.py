"""Losses of steps 1 and 2.1 (method 4.7)."""

from __future__ import annotations

import numpy as np

from pass_ops.engine.jittor import jt, nn
from pass_ops.models.functional import l2_normalise


def code_cross_entropy(codes: jt.Var, scores: jt.Var, temperature: float) -> jt.Var:
    """CE(q, S) = − mean over the batch of Σ_p q_p · log softmax(S / τ)_p.

    Args:
        codes: q [B, P], rows of sum 1.
        scores: S [B, P].
        temperature: τ.
    """
    return -(codes * nn.log_softmax(scores / temperature, dim=1)).sum(1).mean()


def image_loss(codes: dict[int, jt.Var], scores: list[jt.Var], temperature: float) -> jt.Var:
    """Swapped prediction: each assigned view's codes are predicted from every other view.

    Args:
        codes: view index to codes [B, P].
        scores: per view [B, P].
        temperature: of the softmax.
    """
    total = jt.zeros(1)
    for assigned, target in codes.items():
        others = [view for view in range(len(scores)) if view != assigned]
        total = total + sum(
            code_cross_entropy(target, scores[view], temperature) for view in others
        ) / len(others)
    return total / len(codes)


def shallow_loss(
    codes: dict[int, jt.Var], shallow_scores: list[jt.Var], temperature: float
) -> jt.Var:
    """Deep-to-shallow: the deep code of one large view is predicted from the other's shallow layer.

    Args:
        codes: view index to deep codes [B, P].
        shallow_scores: of one stage, per large view [B, P].
        temperature: of the softmax.
    """
    losses = [
        code_cross_entropy(target, shallow_scores[1 - view], temperature)
        for view, target in codes.items()
    ]
    return sum(losses[1:], losses[0]) / len(losses)


def contrastive_loss(embeddings: jt.Var, images: int, temperature: float) -> jt.Var:
    """Each view's embedding is told from those of all other views by the other view of its image.

    Args:
        embeddings: unit vectors [ranks · 2 · images, features] of the two large views: for each
            rank of its images' first views, then of their second ones.
        images: of a rank.
        temperature: of the softmax.

    Returns:
        −mean over all embeddings e of log(exp(e·p / τ) / Σ exp(e·f / τ)), where p is that of the
        same image, and the sum goes over all f but e itself.
    """
    count = embeddings.shape[0]
    itself = np.eye(count, dtype=np.float32)
    partner = itself.reshape(count, -1, 2, images)[:, :, ::-1].reshape(count, count)
    # Far below the least cosine, so that the softmax gives it nothing.
    cosines = nn.matmul_transpose(embeddings, embeddings) - jt.array(1e3 * itself)
    return code_cross_entropy(jt.array(partner), cosines, temperature)


def pixel_loss(predicted: jt.Var, projected: jt.Var, pairs: int) -> jt.Var:
    """Non-contrastive pixel-to-pixel alignment of two views.

    Args:
        predicted, projected: [2·M, C, g, g], first the M first views, then the M second ones,
            sampled at the same points of the image.
        pairs: pairs in the batch, M or more; a pair that is not among the M does not overlap and
            counts as 0.

    Returns:
        −½ [mean(p₁·sg(z₂)) + mean(p₂·sg(z₁))], in [−1, 1].
    """
    present, points = predicted.shape[0] // 2, predicted.shape[2] * predicted.shape[3]
    p, z = l2_normalise(predicted), l2_normalise(projected.detach())
    first = (p[:present] * z[present:]).sum([1, 2, 3])
    second = (p[present:] * z[:present]).sum([1, 2, 3])
    return -(first.sum() + second.sum()) / (2 * pairs * points)
