"""Images one by one, ahead of use."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.engine.loading.ahead import ahead
from pass_ops.errors import DataError


@dataclass(frozen=True)
class Decoder:
    """Gives arrays of as many numbers as the item says; fails at one, keeps a diary."""

    diary: Path | None = None
    bad: int = -1

    def __call__(self, item: int) -> tuple[NDArray[np.int64], int]:
        if self.diary is not None:
            (self.diary / str(item)).touch()
        time.sleep(0.002 * (item % 3 == 0))
        if item == self.bad:
            raise DataError("damaged: make it again")
        return np.arange(item), os.getpid()


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_images_come_in_order_whatever_their_sizes(workers: int) -> None:
    items = [5, 0, 3, 90_000, 7, 1, 1, 2]
    results = list(ahead(work=Decoder(), items=items, workers=workers, name=str))
    assert [item for item, _ in results] == items
    assert [len(values) for _, (values, _) in results] == items
    pids = {pid for _, (_, pid) in results}
    assert (os.getpid() in pids) == (workers == 1)


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_names_the_file(workers: int) -> None:
    results = ahead(
        work=Decoder(bad=2), items=range(9), workers=workers, name=lambda item: f"photo-{item}.jpg"
    )
    assert [next(results)[0] for _ in range(2)] == [0, 1]
    with pytest.raises(DataError, match=r"^photo-2\.jpg: damaged"):
        next(results)


def test_few_images_are_decoded_by_threads_only_a_few_ahead(tmp_path: Path) -> None:
    before = threading.active_count()
    results = ahead(work=Decoder(tmp_path), items=range(1000), workers=2, name=str)
    assert next(results)[1][1] == os.getpid()
    time.sleep(0.2)
    assert len(list(tmp_path.iterdir())) <= 9
    results.close()
    assert threading.active_count() == before
