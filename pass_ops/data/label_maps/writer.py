"""Label maps into their folder, with or without their pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.encoded import EncodedMap, encode_map
from pass_ops.data.label_maps.layout import MANIFEST, META, SCHEMA
from pass_ops.data.shards import ShardWriter
from pass_ops.paths import LabelMapsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of


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
                pa.Table.from_pylist(list(self._rows.values()), SCHEMA), self._root / MANIFEST
            )
            (self._root / META).write_text(
                json.dumps(self._meta, indent=2, sort_keys=True) + "\n", encoding="utf-8"
            )
