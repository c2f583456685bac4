"""Label maps out of their folder, one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pass_ops.data.decoding.picture import check_size
from pass_ops.data.decoding.png import read_png
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.layout import MANIFEST, META, SCHEMA
from pass_ops.data.manifest import read_manifest
from pass_ops.data.shards import Location, read_written
from pass_ops.errors import ArtifactError
from pass_ops.paths import LabelMapsPath
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.opening import read_text, reading


class LabelMaps:
    """The label maps in a folder, in the order in which they were written. Reading is thread-safe.

    Args:
        folder: the artifact.
        only: keys of the images that matter, such as those of one split; None for all.

    Attributes:
        meta: JSON values that say what the ids mean.

    Raises:
        ArtifactError: the folder holds no label maps.
    """

    def __init__(self, folder: LabelMapsPath, only: Iterable[str] | None = None) -> None:
        self._root = Path(folder)
        with reading(path=folder, what="label maps", advice="run the stage that writes them again"):
            rows = read_manifest(self._root / MANIFEST, SCHEMA)
            self.meta = as_record(dict[str, Any], parse_json(read_text(self._root / META)))
        if only is not None:
            keys = set(only)
            rows = [row for row in rows if row["key"] in keys]
        fields = ("shard", "offset", "bytes", "sha256")
        self._locations = {
            row["key"]: Location(**{field: row[field] for field in fields}) for row in rows
        }
        self._sizes = {row["key"]: (row["width"], row["height"]) for row in rows}

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the images that have a map."""
        return tuple(self._locations)

    def __len__(self) -> int:
        return len(self._locations)

    def origin(self, name: str, otherwise: str | None = None) -> str:
        """A text of `meta`.

        Args:
            name: of it.
            otherwise: what it is where nothing is said; None if it must be.

        Raises:
            ArtifactError: there is none of this name.
        """
        value = self.meta.get(name, otherwise)
        if not isinstance(value, str):
            raise ArtifactError(
                f"{self._root / META} does not say {name}; run the stage that writes it again"
            )
        return value

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) of the map of `key`, in pixels."""
        return self._sizes[key]

    def read(self, key: str) -> LabelMap:
        """The map of image `key`: ids, int32 [H, W].

        Raises:
            ArtifactError: there is no map of `key`, or its bytes are not those that were written.
        """
        if key not in self._locations:
            raise ArtifactError(
                f"{self._root}: no label map of image {key}; run its stage on this split"
            )
        data = read_written(self._root, self._locations[key], f"label map {key}")
        # Before memory is taken for its pixels.
        check_size(read_png(data, f"label map {key} in {self._root}"), f"label map {key}")
        labels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if labels is None or labels.shape != self._sizes[key][::-1] or labels.dtype != np.uint16:
            raise ArtifactError(
                f"{self._root}: the label map of image {key} is no 16-bit grey image of the size "
                "that its table says; run its stage again"
            )
        return labels.astype(np.int32)
