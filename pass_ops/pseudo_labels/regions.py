"""Masks that need no prompt, as an artifact: one JSON line per image, in shards.

A folder: `regions/00000.jsonl`, … (lines as in `region_line`), `manifest.parquet` (key, shard,
offset, bytes, sha256) and `meta.json` (the back end).
"""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from pass_ops.data.manifest import read_manifest
from pass_ops.data.shards import SHARD_BYTES, Location, read_written
from pass_ops.errors import ArtifactError
from pass_ops.paths import RegionsPath
from pass_ops.pseudo_labels.region_line import line_regions
from pass_ops.sam.interface import Region
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
        ("sha256", pa.string()),
    ]
)
_ADVICE = "run the stage that writes them again"


@dataclass(frozen=True)
class _Meta:
    """What `meta.json` holds; see `RegionWriter`."""

    back_end: str


class RegionWriter:
    """Writes lines to a folder that appears, whole, when the `with` block ends well.

    Args:
        folder: to write.
        back_end: that found the regions.
        shard_bytes: size from which a shard is full.
    """

    def __init__(self, folder: RegionsPath, back_end: str, shard_bytes: int = SHARD_BYTES) -> None:
        self._folder, self._meta, self._shard_bytes = Path(folder), _Meta(back_end), shard_bytes
        self._rows: list[dict[str, object]] = []
        self._shard, self._offset = 0, 0
        self._stack = ExitStack()

    def __enter__(self) -> RegionWriter:
        self._root = self._stack.enter_context(atomic_path(self._folder, form_of(RegionsPath)))
        (self._root / "regions").mkdir(parents=True)
        return self

    def write(self, key: str, line: bytes) -> None:
        """Append an image.

        Args:
            key: of the image.
            line: its `region_line`.
        """
        name = f"regions/{self._shard:05d}.jsonl"
        with (self._root / name).open("ab") as shard:
            shard.write(line)
        location = Location(
            shard=name,
            offset=self._offset,
            bytes=len(line),
            sha256=hashlib.sha256(line).hexdigest(),
        )
        self._rows.append({"key": key, **asdict(location)})
        self._offset += len(line)
        if self._offset >= self._shard_bytes:
            self._shard, self._offset = self._shard + 1, 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            pq.write_table(pa.Table.from_pylist(self._rows, _SCHEMA), self._root / _MANIFEST)
            (self._root / _META).write_text(
                json.dumps(asdict(self._meta), indent=2) + "\n", encoding="utf-8"
            )
        self._stack.__exit__(kind, error, trace)


class RegionFolder:
    """The regions in `folder`. It can be pickled, and read by several threads.

    Attributes:
        back_end: that found them.

    Raises:
        ArtifactError: the folder holds none.
    """

    def __init__(self, folder: RegionsPath) -> None:
        self._root = Path(folder)
        with reading(path=folder, what="regions", advice=_ADVICE):
            rows = read_manifest(self._root / _MANIFEST, _SCHEMA)
            meta = as_record(_Meta, parse_json(read_text(self._root / _META)))
        self.back_end = meta.back_end
        self._locations = {row.pop("key"): Location(**row) for row in rows}

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the images, in the order in which they were written."""
        return tuple(self._locations)

    def read(self, key: str) -> list[Region]:
        """The regions of image `key`, best first.

        Raises:
            ArtifactError: there is no such image, or its bytes are not those that were written.
        """
        if key not in self._locations:
            raise ArtifactError(
                f"{self._root}: no regions of image {key}; run their stage on this split"
            )
        line = read_written(self._root, self._locations[key], f"image {key}")
        with reading(path=self._root, what=f"regions of image {key}", advice=_ADVICE):
            return line_regions(line)
