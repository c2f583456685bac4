"""The queue of embeddings (method 4.6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.representation.queue import Queue

PROTOTYPES = np.random.default_rng(9).normal(size=(6, 8)).astype(np.float32)


def embeddings(seed: int, count: int = 4) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_length_is_cut_to_a_multiple_of_the_batch() -> None:
    for length, multiple in ((2048, 2048), (3840, 3840), (200, 128), (100, 0), (0, 0)):
        assert Queue(views=2, length=length, batch_size=128, features=8).length == multiple


def test_the_newest_embeddings_are_in_front_and_the_oldest_fall_out() -> None:
    queue = Queue(views=2, length=8, batch_size=4, features=8)
    for seed in range(3):
        queue.push(0, jt.array(embeddings(seed)))
    snapshot = queue.snapshot()
    np.testing.assert_array_equal(
        snapshot.arrays["0"], np.concatenate([embeddings(2), embeddings(1)])
    )
    assert not snapshot.arrays["1"].any()
    assert set(snapshot.arrays) == {"0", "1"}
    assert snapshot.values == {"pushed": [12, 0], "in_use": False}


def test_a_queue_goes_on_from_its_snapshot() -> None:
    queue, other = (Queue(views=2, length=8, batch_size=4, features=8) for _ in range(2))
    for seed in range(4):
        queue.push(seed % 2, jt.array(embeddings(seed)))
    queue.start_epoch()
    other.restore(queue.snapshot())
    assert other.in_use
    for one in (queue, other):
        one.push(0, jt.array(embeddings(9)))
    assert other.snapshot().values == queue.snapshot().values
    for name, array in queue.snapshot().arrays.items():
        np.testing.assert_array_equal(other.snapshot().arrays[name], array)


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
