"""Embeddings within a budget."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.embeddings import FolderEmbeddings, MemoryEmbeddings


def embedding(value: float) -> NDArray[np.float32]:
    """400 bytes."""
    return np.full((4, 5, 5), value, np.float32)


def keys_of(cache: MemoryEmbeddings | FolderEmbeddings) -> list[str]:
    """Those of "a" to "d" that the cache holds."""
    return [key for key in "abcd" if cache.get(key) is not None]


def test_memory_drops_the_one_not_used_for_longest() -> None:
    cache = MemoryEmbeddings(1200)
    for value, key in enumerate("abc"):
        cache.put(key, embedding(value))
    assert cache.get("a") is not None
    cache.put("d", embedding(3))
    assert keys_of(cache) == ["a", "c", "d"]
    assert cache.used == 1200


def test_putting_a_key_again_replaces_it() -> None:
    cache = MemoryEmbeddings(1000)
    cache.put("a", embedding(0))
    cache.put("a", embedding(1))
    assert cache.used == 400
    np.testing.assert_array_equal(cache.get("a"), embedding(1))


def test_what_is_larger_than_the_budget_is_not_stored(tmp_path: Path) -> None:
    memory = MemoryEmbeddings(399)
    memory.put("a", embedding(0))
    assert (keys_of(memory), memory.used) == ([], 0)
    folder = FolderEmbeddings(tmp_path / "embeddings", 399)
    folder.put("a", embedding(0))
    assert keys_of(folder) == []


def test_a_folder_keeps_the_first_and_shares_them(tmp_path: Path) -> None:
    first = FolderEmbeddings(tmp_path / "embeddings", 1100)  # A file has a header of 128 bytes.
    for value, key in enumerate("abc"):
        first.put(key, embedding(value))
    second = FolderEmbeddings(tmp_path / "embeddings", 1100)
    assert keys_of(second) == ["a", "b"]
    np.testing.assert_array_equal(second.get("b"), embedding(1))
    assert second.used == first.used == 1056
    second.put("d", embedding(3))
    assert keys_of(second) == ["a", "b"]


def test_a_key_may_be_any_text(tmp_path: Path) -> None:
    cache = FolderEmbeddings(tmp_path, 10**6)
    cache.put("../n01/image 1", embedding(2))
    np.testing.assert_array_equal(cache.get("../n01/image 1"), embedding(2))
    assert [path.parent for path in tmp_path.rglob("*.npy")] == [tmp_path]
