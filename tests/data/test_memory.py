"""Images kept in memory."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages, shrink


class CountingImages(Images):
    """A split of three random images that records which are decoded."""

    def __init__(self) -> None:
        self.decoded: list[str] = []

    @property
    def keys(self) -> tuple[str, ...]:
        """Three."""
        return ("a", "b", "c")

    def image(self, key: str, side: int | None = None) -> NDArray[np.uint8]:  # noqa: ARG002
        """Random pixels, the same at every call; the call is recorded."""
        self.decoded.append(key)
        return np.random.default_rng(ord(key)).integers(256, size=(40, 60, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("size", "expected"), [((60, 40), (30, 20)), ((40, 60), (20, 30)), ((300, 40), (150, 20))]
)
def test_the_shorter_side_is_shrunk(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert shrink(Image.new("RGB", size), 20).size == expected


def test_small_images_stay_as_they_are() -> None:
    image = Image.new("RGB", (40, 28))
    assert shrink(image, 28) is shrink(image, 20) is image
    assert shrink(image, 19).size == (27, 19)


def test_an_image_is_decoded_once_and_is_the_same_afterwards() -> None:
    source = CountingImages()
    images = MemoryImages(source, 20, gib=1)
    first, again = np.asarray(images[1]), np.asarray(images[1])
    assert first.shape == (20, 30, 3)
    np.testing.assert_array_equal(first, again)
    assert source.decoded == ["b"]
    assert len(images) == 3


def test_images_beyond_the_budget_are_decoded_again() -> None:
    source = CountingImages()
    one = 20 * 30 * 3
    images = MemoryImages(source, 20, gib=2 * one / 2**30)
    for _ in range(2):
        for index in range(3):
            assert images[index].size == (30, 20)
    assert source.decoded == ["a", "b", "c", "c"]
    assert images.free_bytes == 0


def test_threads_share_the_budget() -> None:
    images = MemoryImages(CountingImages(), 20, gib=0.001)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(images.__getitem__, [0, 1, 2] * 20))
    assert images.free_bytes == int(0.001 * 2**30) - 3 * 20 * 30 * 3


def test_each_process_keeps_its_part_of_them() -> None:
    source = CountingImages()
    images = MemoryImages(source, 20, gib=3 * 20 * 30 * 3 / 2**30)
    assert images[0].size == (30, 20)
    part = pickle.loads(pickle.dumps(images.share(3)))
    assert part.free_bytes == 20 * 30 * 3
    assert (part.side, part.images.keys) == (20, source.keys)


def test_without_a_budget_nothing_is_kept() -> None:
    source = CountingImages()
    images = MemoryImages(source, 20, gib=0)
    for _ in range(2):
        assert images[1].size == (30, 20)
    assert source.decoded == ["b", "b"]
