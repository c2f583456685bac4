"""What attention tells of images, on disk: maps, and distances of pooled descriptors (method 5.5).

Maps are uint8 at the resolution of features, scaled up on use. A `.npz` holds many of them under
their images' keys, and the distances of all these images under `DISTANCES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError
from pass_ops.paths import AttentionMapsPath
from pass_ops.storage.opening import reading, regular_file

MAPS_PER_SHARD = 1000
MOST_BYTES = 2**24
"""Of an array: a map is of the resolution of features, some thousandth of its image's pixels, and
distances are those of a thousand images to a thousand clusters at most."""
DISTANCES = "distances"
"""No key is called so: keys are hexadecimal."""


class AttentionWriter:
    """Collects what is told and writes it to `folder`/00000.npz, …; `close` writes the last."""

    def __init__(self, folder: AttentionMapsPath) -> None:
        self.folder, self._maps, self._shards = folder, dict[str, NDArray[np.uint8]](), 0
        self._distances: list[NDArray[np.float32]] = []
        folder.mkdir(parents=True)

    def write(
        self, key: str, attention: NDArray[np.float32], distances: NDArray[np.float32]
    ) -> None:
        """Add an image.

        Args:
            key: of the image.
            attention: float32 [h, w] in (0, 1).
            distances: float32 [K], squared, of its descriptor to every centroid.
        """
        self._maps[key] = np.round(attention * 255).astype(np.uint8)
        self._distances.append(distances)
        if len(self._maps) == MAPS_PER_SHARD:
            self.close()

    def close(self) -> None:
        """Write what is collected."""
        if self._maps:
            arrays: dict[str, Any] = {**self._maps, DISTANCES: np.stack(self._distances)}
            np.savez_compressed(self.folder / f"{self._shards:05d}.npz", **arrays)
            self._maps, self._distances, self._shards = {}, [], self._shards + 1


@contextmanager
def _opened(shard: Path) -> Iterator[Any]:
    """The arrays of a shard."""
    with (
        reading(path=shard, what="attention maps", advice="run the coarse-label stage again"),
        np.load(regular_file(shard), allow_pickle=False) as loaded,
    ):
        # Before memory is taken: zeros shrink to a thousandth.
        sizes = [entry.file_size for entry in loaded.zip.infolist()]
        if max(sizes, default=0) > MOST_BYTES or len(sizes) > MAPS_PER_SHARD + 1:
            raise ValueError("arrays too large for maps of bytes, or too many")
        yield loaded


@dataclass(frozen=True)
class _Shard:
    """The arrays of a shard.

    Attributes:
        name: of its file; "" for none.
        maps: uint8 [h, w] by the images' keys.
        distances: float32 [K] by the same keys.
    """

    name: str = ""
    maps: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    distances: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


class AttentionMaps:
    """What `folder` holds, read shard by shard: no more than one is in memory.

    It can be pickled, but not used by several threads.

    Raises:
        ArtifactError: there are no maps.
    """

    def __init__(self, folder: AttentionMapsPath) -> None:
        self._folder = folder
        self._shards: dict[str, str] = {}
        for shard in sorted(folder.glob("*.npz")):
            with _opened(shard) as loaded:
                keys = [name for name in loaded.files if name != DISTANCES]
                self._shards.update(dict.fromkeys(keys, shard.name))
        if not self._shards:
            raise ArtifactError(
                f"{folder} holds no attention maps: run the coarse-label stage again"
            )
        self._open = _Shard()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the images."""
        return tuple(self._shards)

    def read(self, key: str) -> NDArray[np.float32]:
        """The map of image `key`, [h, w] in [0, 1].

        Raises:
            ArtifactError: there is none.
        """
        return self._shard(key).maps[key].astype(np.float32) / 255

    def distances(self, key: str) -> NDArray[np.float32]:
        """Squared distances of image `key` to all centroids, [K].

        Raises:
            ArtifactError: there are none.
        """
        return self._shard(key).distances[key]

    def _shard(self, key: str) -> _Shard:
        """The shard that holds image `key`."""
        if key not in self._shards:
            raise ArtifactError(
                f"{self._folder}: no attention map of image {key}; "
                "run the coarse-label stage on this split"
            )
        name = self._shards[key]
        if self._open.name != name:
            with _opened(self._folder / name) as loaded:
                maps = {key: loaded[key] for key in loaded.files if key != DISTANCES}
                for values in maps.values():
                    if values.ndim != 2 or values.dtype != np.uint8 or not values.size:
                        raise ValueError("arrays that are no maps of bytes")
                distances = loaded[DISTANCES]
                if distances.dtype != np.float32 or distances.ndim != 2:
                    raise ValueError("distances that are no table of numbers")
                if len(distances) != len(maps) or not np.isfinite(distances).all():
                    raise ValueError("distances of other images, or not finite")
                self._open = _Shard(name, maps, dict(zip(maps, distances, strict=True)))
        return self._open
