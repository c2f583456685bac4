"""Images of a promptable segmenter: read ahead of one with a network, or shared by processes."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

import numpy as np
import pytest

from pass_ops.engine.loading.data_wait import INFERENCE
from pass_ops.errors import DataError
from pass_ops.pseudo_labels.by_segmenter import ImageWork, by_segmenter
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb

KEYS = [f"{number:02d}" for number in range(20)]
Reader = tuple[int, int]


@dataclass
class Nothing:
    """A segmenter that finds nothing."""

    name: str

    def set_image(self, key: str, rgb: Rgb) -> None: ...

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        count = 3 if multimask else 1
        none = np.zeros((count, *prompt.points.shape), np.float32)
        return Candidates(none > 0, none[:, 0, 0], none)

    def everything(self) -> list[Region]:
        return []


def read(key: str) -> Reader:
    """Process and thread that read an image."""
    if key == "13":
        raise DataError("damaged")
    return os.getpid(), threading.get_ident()


def use(key: str, reader: Reader) -> tuple[Reader, Reader]:
    """Who read an image, and who uses it."""
    if key == "07":
        raise DataError("no such point")
    return reader, (os.getpid(), threading.get_ident())


def worked(name: str, keys: list[str]) -> list[tuple[str, tuple[Reader, Reader]]]:
    INFERENCE.restart()
    results = by_segmenter(
        segmenter=Nothing(name),
        work=ImageWork(read, use),
        keys=keys,
        processes=2,
        name=lambda key: f"{key}.jpg",
    )
    return list(results)


@pytest.mark.parametrize("name", ["sam", "onnx"])
def test_a_network_works_here_and_other_threads_read_for_it(name: str) -> None:
    results = worked(name, KEYS[:7])
    assert [key for key, _ in results] == KEYS[:7]
    here = os.getpid(), threading.get_ident()
    assert {user for _, (_, user) in results} == {here}
    assert here not in {reader for _, (reader, _) in results}
    assert INFERENCE.used


def test_other_segmenters_read_where_they_work() -> None:
    results = worked("classical", KEYS[:7])
    assert [key for key, _ in results] == KEYS[:7]
    assert len({user for _, (_, user) in results}) == 2
    assert all(reader == user for _, (reader, user) in results)
    assert os.getpid() not in {process for _, ((process, _), _) in results}
    assert not INFERENCE.used


@pytest.mark.parametrize("name", ["sam", "classical"])
@pytest.mark.parametrize(
    ("keys", "error"), [(KEYS[8:], r"13\.jpg: damaged"), (KEYS, r"07\.jpg: no such point")]
)
def test_errors_name_the_image(name: str, keys: list[str], error: str) -> None:
    with pytest.raises(DataError, match=error):
        worked(name, keys)
