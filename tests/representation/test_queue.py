"""The queue of embeddings, and the codes that it steadies (method 4.5, 4.6)."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.representation import PretrainConfig
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.representation.queue import Queue
from pass_ops.representation.sinkhorn import sinkhorn
from pass_ops.representation.training import Codes

PROTOTYPES = np.random.default_rng(9).normal(size=(6, 8)).astype(np.float32)


def embeddings(seed: int, count: int = 4) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_length_is_cut_to_a_multiple_of_the_batch() -> None:
    assert [
        Queue(views=2, length=length, batch_size=128, features=8).length
        for length in (2048, 3840, 200, 100, 0)
    ] == [
        2048,
        3840,
        128,
        0,
        0,
    ]


def test_the_newest_embeddings_are_in_front_and_the_oldest_fall_out() -> None:
    queue = Queue(views=2, length=8, batch_size=4, features=8)
    for seed in range(3):
        queue.push(0, jt.array(embeddings(seed)))
    np.testing.assert_array_equal(
        queue.state()["queue.0"], np.concatenate([embeddings(2), embeddings(1)])
    )
    assert not queue.state()["queue.1"].any()
    assert set(queue.state()) == {"queue.0", "queue.1"}


def test_it_joins_once_every_slot_of_every_view_is_filled_and_only_at_an_epochs_start() -> None:
    queue = Queue(views=2, length=8, batch_size=4, features=8)
    states = []
    for view in (0, 1, 0, 1):
        queue.start_epoch()
        states.append(queue.in_use)
        queue.push(view, jt.array(embeddings(view)))
    assert states == [False] * 4
    assert not queue.in_use
    queue.start_epoch()
    assert queue.in_use


def test_scores_of_the_stored_stand_above_those_of_the_batch() -> None:
    queue = Queue(views=1, length=8, batch_size=4, features=8)
    scores = jt.array(np.ones((4, 6), np.float32))
    assert queue.extend(0, scores, jt.array(PROTOTYPES)) is scores
    for seed in (1, 2):
        queue.push(0, jt.array(embeddings(seed)))
    queue.start_epoch()
    extended = to_numpy(queue.extend(0, scores, jt.array(PROTOTYPES)))
    stored = np.concatenate([embeddings(2), embeddings(1)])
    np.testing.assert_allclose(
        extended, np.concatenate([stored @ PROTOTYPES.T, np.ones((4, 6))]), rtol=1e-4, atol=1e-5
    )


def test_no_queue_is_never_in_use() -> None:
    queue = Queue(views=2, length=0, batch_size=4, features=8)
    queue.push(0, jt.array(embeddings(0)))
    queue.start_epoch()
    assert not queue.in_use


def test_stored_embeddings_do_not_keep_the_graph_of_their_step() -> None:
    queue = Queue(views=1, length=4, batch_size=4, features=8)
    rows = jt.array(embeddings(0))
    queue.push(0, rows * 2)
    queue.start_epoch()
    scores = queue.extend(0, jt.zeros((4, 6)), jt.array(PROTOTYPES))
    assert not to_numpy(jt.grad(scores.sum(), rows)).any()


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
