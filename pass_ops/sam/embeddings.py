"""Image embeddings kept for later prompts, in memory or in a folder that several stages share."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE
from pass_ops.storage.opening import reading, regular_file

Floats = NDArray[np.float32]


class EmbeddingCache(Protocol):
    """Embeddings by name."""

    def get(self, key: str) -> Floats | None:
        """The embedding of `key`, if it is in the cache."""

    def put(self, key: str, embedding: Floats) -> None:
        """Keep an embedding, if the budget allows it.

        Args:
            key: its name.
            embedding: of any shape.
        """


class MemoryEmbeddings:
    """Keeps those used last.

    Args:
        budget: bytes to keep at most.

    Attributes:
        budget: as given.
        used: bytes in the cache now.
    """

    def __init__(self, budget: int) -> None:
        self.budget, self.used = budget, 0
        self._entries: OrderedDict[str, Floats] = OrderedDict()

    def get(self, key: str) -> Floats | None:
        """The embedding of `key`, if it is in the cache; it counts as used now."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key: str, embedding: Floats) -> None:
        """Keep an embedding in place of those not used for longest.

        Args:
            key: its name.
            embedding: of any shape; not kept if it is larger than the budget.
        """
        if key in self._entries:
            self.used -= self._entries.pop(key).nbytes
        if embedding.nbytes > self.budget:
            return
        self._entries[key] = embedding
        self.used += embedding.nbytes
        while self.used > self.budget:
            self.used -= self._entries.popitem(last=False)[1].nbytes


class FolderEmbeddings:
    """Keeps those that came first, until the budget is spent.

    Two rounds that walk through the same images in the same order would find nothing in a folder
    that dropped the oldest.

    Args:
        folder: to keep those of one model in.
        budget: bytes of all its files at most.

    Attributes:
        folder, budget: as given.
        used: bytes of the files, as far as this object knows.
    """

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder, self.budget = folder, budget
        self.used = (
            sum(path.stat().st_size for path in folder.glob("*.npy")) if folder.is_dir() else 0
        )

    def get(self, key: str) -> Floats | None:
        """The embedding of `key`, if it is in the folder."""
        path = self._path(key)
        if not path.exists():
            return None
        with reading(path=path, what="embedding", advice="remove this file"):
            embedding: Floats = np.load(regular_file(path), allow_pickle=False)
        return embedding

    def put(self, key: str, embedding: Floats) -> None:
        """Keep an embedding, if there is room and none of its name.

        Args:
            key: its name.
            embedding: of any shape.
        """
        path = self._path(key)
        if path.exists() or self.used + embedding.nbytes > self.budget:
            return
        with atomic_path(path, ANY_FILE) as temporary:
            np.save(temporary, embedding, allow_pickle=False)
        self.used += path.stat().st_size

    def _path(self, key: str) -> Path:
        """The file of `key`, named by a hash, since a key may hold any character."""
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npy"
