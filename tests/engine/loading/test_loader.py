"""Batches, made by processes and by threads."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from pass_ops.engine.loading import count
from pass_ops.engine.loading.count import LEAST
from pass_ops.engine.loading.loader import LOOK_AHEAD, Loader
from pass_ops.engine.loading.order import epoch_order, sample_rng
from pass_ops.engine.loading.samples import Batch
from pass_ops.errors import DataError, PassError
from tests.engine.loading.toy import Large, Misshapen, Toy


def loader_of(make: Toy, workers: int, batch_size: int = 4, samples: int = LEAST) -> Loader[int]:
    """A loader, by processes where their number is not 1 and `processes` lets it."""
    return Loader(make=make, batch_size=batch_size, workers=workers, samples=samples)


def children() -> list[str]:
    """Processes that this one has started and not seen end."""
    lists = Path("/proc/self/task").glob("*/children")
    return [pid for numbers in lists for pid in numbers.read_text().split()]


def copies(batches: Iterable[Batch]) -> list[list[np.ndarray]]:
    """What was in the batches when they came."""
    return [[array.copy() for array in batch] for batch in batches]


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_batches_do_not_depend_on_the_number_of_processes(workers: int) -> None:
    order = epoch_order(22, 31, 0)
    with loader_of(Toy(), workers) as loader:
        loaded = copies(loader.batches(order))
        again = copies(loader.batches(order[::-1]))
    assert len(loaded) == 5
    for number, (views, items, _) in enumerate(loaded):
        chunk = order[4 * number : 4 * number + 4]
        expected = np.stack([sample_rng(31, 0, item).random((2, 3), np.float32) for item in chunk])
        np.testing.assert_array_equal(views, expected.swapaxes(0, 1))
        assert views.flags.c_contiguous
        assert items.tolist() == chunk
    assert [item for _, items, _ in again for item in items] == order[::-1][:20]
    pids = {pid for *_, makers in loaded for pid in makers[:, 0]}
    assert (os.getpid() in pids) == (workers == 1)
    assert len(pids) == workers


@pytest.mark.usefixtures("processes")
def test_an_image_is_the_same_processs_every_time() -> None:
    with loader_of(Toy(), 3) as loader:
        epochs = [copies(loader.batches(epoch_order(20, 31, epoch))) for epoch in range(2)]
    makers = [
        {int(i): int(p) for _, items, pids in epoch for i, p in zip(items, pids[:, 0], strict=True)}
        for epoch in epochs
    ]
    assert makers[0] == makers[1]


@pytest.mark.parametrize(("drop_last", "sizes"), [(True, [4, 4]), (False, [4, 4, 3])])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("processes")
def test_the_incomplete_batch_is_dropped_on_request(
    drop_last: bool, sizes: list[int], workers: int
) -> None:
    with loader_of(Toy(), workers) as loader:
        batches = copies(loader.batches(range(11), drop_last=drop_last))
    assert [len(items) for _, items, _ in batches] == sizes
    assert [views.shape for views, *_ in batches] == [(2, size, 3) for size in sizes]
    assert batches[-1][1].tolist() == list(range(sum(sizes[:-1]), sum(sizes)))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("processes")
def test_too_few_for_a_batch_are_none(workers: int) -> None:
    with loader_of(Toy(), workers) as loader:
        assert list(loader.batches(range(3))) == []


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("processes")
def test_work_runs_only_a_few_batches_ahead(workers: int, tmp_path: Path) -> None:
    with loader_of(Toy(diary=tmp_path), workers) as loader:
        stream = loader.batches(range(100))
        for taken in (1, 2):
            next(stream)
            expected = (LOOK_AHEAD + taken) * 4
            while len(list(tmp_path.iterdir())) < expected:
                time.sleep(0.01)
            # What would be too many follows at once.
            time.sleep(0.1)
            assert len(list(tmp_path.iterdir())) == expected


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("user", DataError, r"^photo-6\.jpg: damaged: make it again"),
        ("defect", RuntimeError, r"^photo-6\.jpg: ValueError: boom"),
    ],
)
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.usefixtures("processes")
def test_an_error_names_the_file_at_its_batch_and_the_loader_goes_on(
    how: str, kind: type[Exception], words: str, workers: int
) -> None:
    with loader_of(Toy(6, how), workers) as loader:
        stream = loader.batches(range(20))
        assert next(stream)[1].tolist() == [0, 1, 2, 3]
        with pytest.raises(kind, match=words):
            next(stream)
        assert next(loader.batches([7, 8, 9, 10]))[1].tolist() == [7, 8, 9, 10]


@pytest.mark.usefixtures("processes")
def test_a_process_that_dies_is_said_to_have() -> None:
    words = "a process died while photo-.* set `processes` or `workers` of this stage lower"
    with loader_of(Toy(6, "exit"), 2) as loader, pytest.raises(PassError, match=words):
        list(loader.batches(range(12)))


@pytest.mark.usefixtures("processes")
def test_a_sample_must_be_as_it_was_announced() -> None:
    with loader_of(Misshapen(), 2) as loader, pytest.raises(RuntimeError, match=r"\(2, 4\), not"):
        list(loader.batches(range(8)))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("processes")
def test_batches_that_nobody_takes_do_not_get_into_later_ones(workers: int) -> None:
    with loader_of(Toy(), workers) as loader:
        stream = loader.batches(range(40))
        next(stream)
        stream.close()
        assert [items.tolist() for _, items, _ in copies(loader.batches(range(40, 48)))] == [
            [40, 41, 42, 43],
            [44, 45, 46, 47],
        ]


@pytest.mark.usefixtures("processes")
def test_nothing_stays_behind() -> None:
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for workers in (1, 2):
        with loader_of(Toy(), workers) as loader:
            kept = next(loader.batches(range(8)))[1]
        # Whoever holds on to a batch may still read it.
        assert kept.tolist() == [0, 1, 2, 3]
    del kept
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == files
    assert children() == []


@pytest.mark.usefixtures("processes")
def test_signals_of_the_terminal_leave_processes_to_the_one_that_started_them() -> None:
    with loader_of(Toy(), 2) as loader:
        stream = loader.batches(range(40))
        pids = {int(pid) for pid in next(stream)[2][:, 0]}
        for pid in pids:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                os.kill(pid, number)
        assert sum(len(items) for _, items, _ in stream) == 36


@pytest.mark.usefixtures("processes")
def test_memory_does_not_grow_with_the_batches() -> None:
    many_batches(500)


@pytest.mark.slow
@pytest.mark.usefixtures("processes")
def test_memory_does_not_grow_over_ten_thousand_batches() -> None:
    many_batches(10_000)


def many_batches(count: int) -> None:
    """Take so many batches of 2 MiB, and look at this process and its children.

    Args:
        count: of batches.
    """
    with loader_of(Large(), 2, batch_size=8) as loader:
        memory = []
        for number, (values,) in enumerate(loader.batches(range(8 * count))):
            assert values[0, 0] == 8 * number
            if number % (count // 5) == count // 10:
                memory.append((_resident_mib(), len(os.listdir("/proc/self/fd"))))
    assert len({files for _, files in memory}) == 1
    mib = [resident for resident, _ in memory]
    assert max(mib[1:]) - mib[1] < 16


def _resident_mib() -> float:
    """Of this process and its children."""
    pids = [str(os.getpid()), *children()]
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.parametrize(
    ("workers", "samples", "cores", "started"),
    [(4, LEAST, 2, 2), (4, LEAST, 1, 0), (1, LEAST, 2, 0), (4, LEAST - 1, 2, 0), (3, LEAST, 64, 3)],
)
def test_processes_start_where_they_are_worth_it(
    workers: int, samples: int, cores: int, started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "usable_cores", lambda: cores)
    with loader_of(Toy(), workers, samples=samples):
        assert len(children()) == started
