"""The codes of a batch, and the queue that steadies them (method 4.5, 4.6)."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.representation import PretrainConfig
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.representation.codes import Codes
from pass_ops.representation.sinkhorn import sinkhorn

PROTOTYPES = np.random.default_rng(9).normal(size=(6, 8)).astype(np.float32)


def embeddings(seed: int, count: int = 4) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def codes_of(tiny_pretrain: PretrainConfig, start: int) -> Codes:
    swav = dataclasses.replace(tiny_pretrain.swav, queue_length=8, queue_start_epoch=start)
    return Codes(dataclasses.replace(tiny_pretrain, swav=swav, batch_size=4), features=8)


def assign(codes: Codes, seed: int) -> dict[int, NDArray[np.float32]]:
    rows = [embeddings(seed), embeddings(seed + 100)]
    scores = [jt.array(row @ PROTOTYPES.T) for row in rows]
    assigned = codes.assign([jt.array(row) for row in rows], scores, jt.array(PROTOTYPES))
    return {view: to_numpy(code) for view, code in assigned.items()}


def test_the_codes_are_the_batchs_own_and_the_queue_steadies_them(
    tiny_pretrain: PretrainConfig,
) -> None:
    codes = codes_of(tiny_pretrain, start=1)
    for epoch in range(3):
        codes.start_epoch(epoch)
        assert codes.queue.in_use == (epoch == 2)
        first, second = assign(codes, 2 * epoch), assign(codes, 2 * epoch + 1)
        assert {code.shape for code in (*first.values(), *second.values())} == {(4, 6)}
    # What the queue held when the last codes were made: the batch before, and the one before that.
    stored = np.concatenate([embeddings(4), embeddings(3), embeddings(5)])
    expected = to_numpy(sinkhorn(jt.array(stored @ PROTOTYPES.T), 0.05, 3))[8:]
    np.testing.assert_allclose(second[0], expected, rtol=1e-3, atol=1e-6)


def test_before_its_epoch_nothing_is_stored(tiny_pretrain: PretrainConfig) -> None:
    codes = codes_of(tiny_pretrain, start=5)
    codes.start_epoch(4)
    assign(codes, 0)
    assert codes.queue.pushed == [0, 0]


def test_only_the_views_asked_for_have_codes(tiny_pretrain: PretrainConfig) -> None:
    swav = dataclasses.replace(tiny_pretrain.swav, crops_for_assign=(1,))
    codes = Codes(dataclasses.replace(tiny_pretrain, swav=swav, batch_size=4), features=8)
    codes.start_epoch(0)
    assert set(assign(codes, 0)) == {1}
