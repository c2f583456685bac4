"""Attention maps on disk: feature-resolution uint8 maps, many to one `.npz`, scaled up on use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError
from pass_ops.paths import AttentionMapsPath
from pass_ops.storage.opening import reading, regular_file

MAPS_PER_SHARD = 1000
MOST_BYTES = 2**24
"""Of a map, which is of the resolution of features, some thousandth of its image's pixels."""


class AttentionWriter:
    """Collects maps and writes them to `folder`/00000.npz, …; `close` writes the last shard."""

    def __init__(self, folder: AttentionMapsPath) -> None:
        self.folder, self._maps, self._shards = folder, dict[str, NDArray[np.uint8]](), 0
        folder.mkdir(parents=True)

    def write(self, key: str, attention: NDArray[np.float32]) -> None:
        """Add a map.

        Args:
            key: of the image.
            attention: float32 [h, w] in (0, 1).
        """
        self._maps[key] = np.round(attention * 255).astype(np.uint8)
        if len(self._maps) == MAPS_PER_SHARD:
            self.close()

    def close(self) -> None:
        """Write what is collected."""
        if self._maps:
            np.savez_compressed(self.folder / f"{self._shards:05d}.npz", **self._maps)
            self._maps, self._shards = {}, self._shards + 1


@contextmanager
def _opened(shard: Path) -> Iterator[Any]:
    """The arrays of a shard."""
    with (
        reading(path=shard, what="attention maps", advice="run the coarse-label stage again"),
        np.load(regular_file(shard), allow_pickle=False) as loaded,
    ):
        # Before memory is taken: zeros shrink to a thousandth.
        sizes = [entry.file_size for entry in loaded.zip.infolist()]
        if max(sizes, default=0) > MOST_BYTES or len(sizes) > MAPS_PER_SHARD:
            raise ValueError("arrays too large for maps of bytes, or too many")
        yield loaded


class AttentionMaps:
    """The maps of `folder`, read shard by shard: no more than one is in memory.

    It can be pickled, but not used by several threads.

    Raises:
        ArtifactError: there are none.
    """

    def __init__(self, folder: AttentionMapsPath) -> None:
        self._folder = folder
        self._shards: dict[str, str] = {}
        for shard in sorted(folder.glob("*.npz")):
            with _opened(shard) as loaded:
                self._shards.update(dict.fromkeys(loaded.files, shard.name))
        if not self._shards:
            raise ArtifactError(
                f"{folder} holds no attention maps: run the coarse-label stage again"
            )
        self._open = "", dict[str, NDArray[np.uint8]]()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the images."""
        return tuple(self._shards)

    def read(self, key: str) -> NDArray[np.float32]:
        """The map of image `key`, [h, w] in [0, 1].

        Raises:
            ArtifactError: there is none.
        """
        if key not in self._shards:
            raise ArtifactError(
                f"{self._folder}: no attention map of image {key}; "
                "run the coarse-label stage on this split"
            )
        shard = self._shards[key]
        if self._open[0] != shard:
            with _opened(self._folder / shard) as loaded:
                maps = {name: loaded[name] for name in loaded.files}
                for values in maps.values():
                    if values.ndim != 2 or values.dtype != np.uint8 or not values.size:
                        raise ValueError("arrays that are no maps of bytes")
                self._open = shard, maps
        return self._open[1][key].astype(np.float32) / 255
