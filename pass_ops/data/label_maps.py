"""Label maps as an artifact: predictions and pseudo-labels, one map of ids per image.

A folder: tar shards of one-channel 16-bit PNG, `manifest.parquet` (key, shard, offset, bytes,
height, width, sha256) and `meta.json` (what the ids mean: label space, threshold, …).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pass_ops.data.codec import MAX_ID
from pass_ops.data.decoding.picture import check_size
from pass_ops.data.decoding.png import read_png
from pass_ops.data.ids import LabelMap
from pass_ops.data.manifest import read_manifest
from pass_ops.data.shards import Location, ShardWriter, read_written
from pass_ops.errors import ArtifactError
from pass_ops.paths import LabelMapsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import read_text, reading

_MANIFEST, _META = "manifest.parquet", "meta.json"
_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("shard", pa.string()),
        ("offset", pa.int64()),
        ("bytes", pa.int64()),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("sha256", pa.string()),
    ]
)


@dataclass(frozen=True)
class EncodedMap:
    """A label map as it is written, which can be kept and sent without its pixels.

    Attributes:
        png: the bytes of a 16-bit PNG.
        height, width: of the map, in pixels.
    """

    png: NDArray[np.uint8]
    height: int
    width: int


class LabelMapWriter:
    """Writes label maps to a folder, which appears, whole, when the `with` block ends well.

    Not for several threads.

    Args:
        folder: the artifact.
        meta: JSON values that readers need to understand the ids.
    """

    def __init__(self, folder: LabelMapsPath, meta: Mapping[str, object] | None = None) -> None:
        self._folder, self._meta = Path(folder), dict(meta or {})
        self._rows: dict[str, dict[str, object]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> LabelMapWriter:
        with ExitStack() as stack:
            self._root = stack.enter_context(atomic_path(self._folder, form_of(LabelMapsPath)))
            self._root.mkdir()
            self._shards = stack.enter_context(ShardWriter(self._root, "maps/"))
            self._stack = stack.pop_all()
        return self

    def write(self, key: str, labels: LabelMap) -> None:
        """Add the map of one image.

        Args:
            key: the image's.
            labels: ids [H, W] in 0..65535.

        Raises:
            ValueError: an id is out of range, or `key` has its map already.
        """
        try:
            encoded = encode_map(labels)
        except ValueError as error:
            raise ValueError(f"label map of {key}: {error}") from error
        self.write_encoded(key, encoded)

    def write_encoded(self, key: str, encoded: EncodedMap) -> None:
        """Add the map of one image by its bytes.

        Args:
            key: the image's.
            encoded: its map.

        Raises:
            ValueError: `key` has its map already.
        """
        if key in self._rows:
            raise ValueError(f"label map of {key} is written twice")
        location = self._shards.write(f"{key}.png", encoded.png.tobytes())
        self._rows[key] = {
            "key": key,
            "height": encoded.height,
            "width": encoded.width,
            **asdict(location),
        }

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            pq.write_table(
                pa.Table.from_pylist(list(self._rows.values()), _SCHEMA), self._root / _MANIFEST
            )
            (self._root / _META).write_text(
                json.dumps(self._meta, indent=2, sort_keys=True) + "\n", encoding="utf-8"
            )


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
            rows = read_manifest(self._root / _MANIFEST, _SCHEMA)
            self.meta = as_record(dict[str, Any], parse_json(read_text(self._root / _META)))
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
                f"{self._root / _META} does not say {name}; run the stage that writes it again"
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


def encode_map(labels: LabelMap) -> EncodedMap:
    """A label map as it is written.

    Args:
        labels: ids [H, W] in 0..65535.

    Raises:
        ValueError: an id is out of range.
    """
    if labels.ndim != 2 or not 0 <= labels.min() <= labels.max() <= MAX_ID:
        raise ValueError(f"shape {labels.shape}, ids {labels.min()}..{labels.max()}")
    return EncodedMap(to_png(labels), *labels.shape)


def to_png(labels: LabelMap) -> NDArray[np.uint8]:
    """The bytes of a 16-bit PNG of ids [H, W] in 0..65535."""
    return np.asarray(cv2.imencode(".png", labels.astype(np.uint16))[1])


def from_png(content: NDArray[np.uint8]) -> LabelMap:
    """The ids, int32 [H, W], of what `to_png` gave."""
    return cv2.imdecode(content, cv2.IMREAD_UNCHANGED).astype(np.int32)
