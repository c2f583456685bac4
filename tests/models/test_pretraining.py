"""The network of step 1 (method 4.4)."""

from __future__ import annotations

import dataclasses

import numpy as np

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, seed_everything, to_numpy
from pass_ops.models.pretraining import PretrainingNetwork

IMAGES = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)


def test_pre_training_sees_every_view_and_two_of_them_in_detail(
    tiny_network: NetworkConfig,
) -> None:
    seed_everything(31)
    network = PretrainingNetwork(tiny_network, (2, 3))
    network.prototypes.normalise()
    views = network([jt.array(IMAGES), jt.array(IMAGES[:4])])
    assert tuple(views.embeddings.shape) == (12, 8)
    assert tuple(views.scores.shape) == (12, 6)
    assert [tuple(scores.shape) for scores in views.shallow_scores] == [(8, 6), (8, 6)]
    assert tuple(views.pixels.shape) == (8, 8, 2, 2)
    np.testing.assert_allclose(np.linalg.norm(to_numpy(views.embeddings), axis=1), 1, rtol=1e-5)
    assert np.abs(to_numpy(views.scores)).max() <= 1 + 1e-5
    # 2 views of 4 images, then 1 more of each: the first four rows of the second group are embedded
    # by themselves.
    prototypes = to_numpy(network.prototypes.weight)
    expected = to_numpy(views.embeddings) @ prototypes.T
    np.testing.assert_allclose(to_numpy(views.scores), expected, rtol=1e-4, atol=1e-5)


def test_shallow_scores_give_prototypes_no_gradient_and_deep_ones_do(
    tiny_network: NetworkConfig,
) -> None:
    network = PretrainingNetwork(tiny_network, (3,))
    views = network([jt.array(IMAGES)])
    shallow = to_numpy(
        jt.grad((views.shallow_scores[0] ** 2).sum(), network.prototypes.weight, retain_graph=True)
    )
    deep = to_numpy(jt.grad((views.scores**2).sum(), network.prototypes.weight))
    assert not shallow.any()
    assert np.abs(deep).max() > 0


def test_shallow_heads_take_the_true_number_of_channels(tiny_network: NetworkConfig) -> None:
    network = PretrainingNetwork(dataclasses.replace(tiny_network, width=8), (1, 2, 3))
    inputs = [getattr(network, f"shallow{stage}").pixel[0].weight.shape[1] for stage in (1, 2, 3)]
    assert inputs == [8, 16, 32]
