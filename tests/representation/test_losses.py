"""Losses against the published arithmetic in plain NumPy (method 4.7)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.data.transforms.views import Crop
from pass_ops.engine.jittor import jt, nn, to_numpy
from pass_ops.representation.losses import (
    code_cross_entropy,
    contrastive_loss,
    image_loss,
    pixel_loss,
    shallow_loss,
)
from pass_ops.representation.overlap import overlap_grids

Array = NDArray[np.float32]
RNG = np.random.default_rng(0)


def codes(count: int = 4) -> Array:
    q = RNG.random((count, 6)).astype(np.float32)
    return q / q.sum(axis=1, keepdims=True)


def scores(count: int = 4) -> Array:
    return RNG.uniform(-1, 1, (count, 6)).astype(np.float32)


def cross_entropy(q: Array, s: Array, temperature: float = 0.1) -> float:
    x = s.astype(np.float64) / temperature
    log_softmax = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    return float(-np.mean(np.sum(q * log_softmax, axis=1)))


def value(loss: jt.Var) -> float:
    return float(loss.item())


def test_cross_entropy() -> None:
    q, s = codes(), scores()
    assert value(code_cross_entropy(jt.array(q), jt.array(s), 0.1)) == pytest.approx(
        cross_entropy(q, s), rel=1e-5
    )


def test_cross_entropy_of_even_codes_and_scores_is_the_logarithm_of_the_prototypes() -> None:
    loss = code_cross_entropy(jt.ones((4, 6)) / 6, jt.zeros((4, 6)), 0.1)
    assert value(loss) == pytest.approx(np.log(6), rel=1e-5)


def test_cross_entropy_of_large_scores_is_finite() -> None:
    s = np.float32([[1000, -1000, 0, 0, 0, 0]])
    assert value(
        code_cross_entropy(jt.array(np.eye(6, dtype=np.float32)[:1]), jt.array(s), 0.1)
    ) == pytest.approx(0)


@pytest.mark.parametrize("views", [2, 4])
def test_image_loss_predicts_each_code_from_every_other_view(views: int) -> None:
    assigned, predicted = {0: codes(), 1: codes()}, [scores() for _ in range(views)]
    expected = 0.0
    for view, q in assigned.items():
        others = [cross_entropy(q, predicted[other]) for other in range(views) if other != view]
        expected += sum(others) / (views - 1)
    loss = image_loss(
        {view: jt.array(q) for view, q in assigned.items()}, [jt.array(s) for s in predicted], 0.1
    )
    assert value(loss) == pytest.approx(expected / 2, rel=1e-5)


def test_image_loss_of_one_assigned_view() -> None:
    q, predicted = codes(), [scores(), scores(), scores()]
    loss = image_loss({1: jt.array(q)}, [jt.array(s) for s in predicted], 0.1)
    expected = (cross_entropy(q, predicted[0]) + cross_entropy(q, predicted[2])) / 2
    assert value(loss) == pytest.approx(expected, rel=1e-5)


def test_shallow_loss_crosses_the_views() -> None:
    q, s = [codes(), codes()], [scores(), scores()]
    loss = shallow_loss(
        {0: jt.array(q[0]), 1: jt.array(q[1])}, [jt.array(s[0]), jt.array(s[1])], 0.1
    )
    expected = (cross_entropy(q[0], s[1]) + cross_entropy(q[1], s[0])) / 2
    assert value(loss) == pytest.approx(expected, rel=1e-5)


def unit(count: int, features: int = 8) -> Array:
    rows = RNG.normal(size=(count, features)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def told_apart(both: Array) -> float:
    """The contrastive loss of the first views' embeddings and, below them, the second ones', one
    embedding after the other.
    """
    both = both.astype(np.float64)
    terms = []
    for number, row in enumerate(both):
        similar = np.exp(both @ row / 0.2)
        others = np.delete(similar, number).sum()
        terms.append(-np.log(similar[(number + len(both) // 2) % len(both)] / others))
    return float(np.mean(terms))


def test_contrastive_loss_picks_the_other_view_of_an_image_among_all_others() -> None:
    both = unit(6)
    assert value(contrastive_loss(jt.array(both), 3, 0.2)) == pytest.approx(
        told_apart(both), rel=1e-5
    )


def test_contrastive_loss_of_three_ranks_is_that_of_all_their_images() -> None:
    # Ranks, views, images.
    parts = unit(12).reshape(3, 2, 2, -1)
    together = np.concatenate(np.moveaxis(parts, 1, 0).reshape(2, 6, -1))
    loss = contrastive_loss(jt.array(parts.reshape(12, -1)), 2, 0.2)
    assert value(loss) == pytest.approx(told_apart(together), rel=1e-5)


def test_contrastive_loss_of_equal_embeddings_is_the_logarithm_of_the_others() -> None:
    same = np.tile(unit(1), (8, 1))
    loss = contrastive_loss(jt.array(same), 4, 0.2)
    assert value(loss) == pytest.approx(np.log(7), rel=1e-5)


def test_contrastive_loss_pulls_both_views_together() -> None:
    both = jt.array(unit(8))
    before = value((both[:4] * both[4:]).sum(1).mean())
    both.update(both - 0.1 * jt.grad(contrastive_loss(both, 4, 0.2), both))
    assert value((both[:4] * both[4:]).sum(1).mean()) > before


def pixel(p: Array, z: Array, pairs: int) -> float:
    """−½ [mean(p₁·sg(z₂)) + mean(p₂·sg(z₁))] over [B, points], as published."""
    half = len(p) // 2
    p, z = (x.reshape(len(x), x.shape[1], -1).transpose(0, 2, 1) for x in (p, z))
    p, z = (x / np.linalg.norm(x, axis=2, keepdims=True) for x in (p, z))
    dots = [(p[:half] * z[half:]).sum(2), (p[half:] * z[:half]).sum(2)]
    return -0.5 * sum(dot.sum() / (pairs * dot.shape[1]) for dot in dots)


@pytest.mark.parametrize("pairs", [3, 5])
def test_pixel_loss(pairs: int) -> None:
    p, z = (RNG.normal(size=(6, 8, 3, 3)).astype(np.float32) for _ in range(2))
    loss = pixel_loss(jt.array(p), jt.array(z), pairs)
    assert value(loss) == pytest.approx(pixel(p, z, pairs), rel=1e-4, abs=1e-6)


def test_pixel_loss_gives_the_projections_no_gradient() -> None:
    p, z = (jt.array(RNG.normal(size=(4, 8, 3, 3)).astype(np.float32)) for _ in range(2))
    loss = pixel_loss(p, z, 2)
    assert not to_numpy(jt.grad(loss, z, retain_graph=True)).any()
    assert np.abs(to_numpy(jt.grad(loss, p))).max() > 0


def views_of(feature: Array, crop: Crop) -> Array:
    """A feature map [C, H, W] with one cell a pixel, cut to `crop` and mirrored as it says."""
    cut = feature[:, crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    return cut[:, :, ::-1] if crop.flipped else cut


def aligned(first: Crop, second: Crop) -> float:
    """Pixel loss of two crops of one feature map, with identity for projection and predictor."""
    feature = np.random.default_rng(3).normal(size=(8, 12, 12)).astype(np.float32)
    # Bilinear sampling at the very edge mixes in the zero padding, which changes lengths but not
    # directions.
    grids = np.stack(overlap_grids(first, second, 3))
    maps = np.stack([views_of(feature, first), views_of(feature, second)])
    sampled = nn.grid_sample(
        jt.array(maps), jt.array(grids), "bilinear", "zeros", align_corners=False
    )
    return value(pixel_loss(sampled, sampled, 1))


def test_identical_crops_agree_entirely() -> None:
    crop = Crop(left=2, top=3, width=8, height=8)
    assert aligned(crop, crop) == pytest.approx(-1, abs=1e-5)


def test_a_mirrored_crop_agrees_as_well() -> None:
    assert aligned(
        Crop(left=2, top=3, width=8, height=8), Crop(left=2, top=3, width=8, height=8, flipped=True)
    ) == pytest.approx(-1, abs=1e-5)
    # Without undoing the mirror it would not.
    feature = np.random.default_rng(3).normal(size=(8, 12, 12)).astype(np.float32)
    maps = np.stack([feature[:, :8, :8], feature[:, :8, :8][:, :, ::-1]])
    assert value(pixel_loss(jt.array(maps), jt.array(maps), 1)) > -0.5


def test_disjoint_crops_count_nothing() -> None:
    assert aligned(
        Crop(left=0, top=0, width=6, height=6), Crop(left=6, top=6, width=6, height=6)
    ) == pytest.approx(0, abs=1e-5)
