"""Good files of each target, from which damaged ones are made."""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from safetensors.numpy import save

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.index import INDEX_SCHEMA, TRUTH_SCHEMA
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.pointer import DatasetPointer
from pass_ops.models.card import Card
from pass_ops.paths import LabelMapsPath
from tests.data.decoding.files import encoded, photograph
from tests.models.files.checkpoints import named, numbered, write_checkpoint, write_row

DIGEST = "0a" * 32
IMAGE = Image.fromarray(photograph())


def masks() -> list[bytes]:
    """Masks of no label, of every kind of label, and of one pixel."""
    rows = np.arange(12, dtype=np.int32).reshape(3, 4)
    several = np.where(rows == 5, IGNORE, rows * 999)
    return [encode_mask(labels) for labels in (rows * 0, rows, several, rows[:1, :1])]


def pictures() -> list[bytes]:
    """Images of every kind that is read."""
    return [
        encoded(IMAGE, "JPEG"),
        encoded(IMAGE, "JPEG", progressive=True),
        encoded(IMAGE, "JPEG", restart_marker_blocks=3),
        encoded(IMAGE.convert("L"), "JPEG"),
        encoded(IMAGE.convert("CMYK"), "JPEG"),
        encoded(IMAGE, "PNG"),
        encoded(IMAGE.quantize(7), "PNG", bits=4),
        encoded(IMAGE.convert("RGBA"), "PNG"),
        encoded(IMAGE.convert("1"), "PNG"),
    ]


def _table(schema: Any, **values: Any) -> bytes:
    """A table of one row.

    Args:
        schema: of it.
        values: by column; others are texts, or 1.
    """
    row = {
        field.name: values.get(field.name, "a" if pa.types.is_string(field.type) else 1)
        for field in schema
    }
    pq.write_table(pa.Table.from_pylist([row], schema), buffer := io.BytesIO())
    return buffer.getvalue()


def indices() -> list[bytes]:
    """The tables, checksums and pointer of a packed set; the manifest of label maps."""
    with tempfile.TemporaryDirectory() as folder:
        with LabelMapWriter(LabelMapsPath(Path(folder, "maps"))) as writer:
            writer.write("a", np.ones((2, 3), np.int32))
        manifest = Path(folder, "maps", "manifest.parquet").read_bytes()
    pointer = DatasetPointer(uri="s3://a/b", digest=DIGEST, categories=6, counts={"train": 9})
    return [
        _table(INDEX_SCHEMA, split="train"),
        _table(TRUTH_SCHEMA, split="train"),
        manifest,
        f"{DIGEST}  index.parquet\n{DIGEST}  images/train-00000.tar\n".encode(),
        pointer.to_json().encode(),
    ]


def checkpoints() -> list[bytes]:
    """Weights in every format that is read, and their card."""
    arrays = {"a.weight": np.ones((2, 3), np.float32), "b": np.zeros(4, np.float16)}
    with tempfile.TemporaryDirectory() as folder:
        zipped = write_checkpoint(Path(folder, "zip"), arrays).read_bytes()
        row = write_row(path=Path(folder, "row"), content=named(arrays), storages=numbered(arrays))
        old = row.read_bytes()
    card = Card(stage="pretrain", network=NetworkConfig(), epoch=1, config_digest="0a")
    return [zipped, old, save(arrays), json.dumps(asdict(card)).encode()]


def matchings() -> list[bytes]:
    """Matchings of one class and of several."""
    return [b'{"1": 1}', b'{"0": 0, "1": 3, "2": 1, "3": 2}', b"\xef\xbb\xbf" + b'{"1": 1, "0": 0}']


SEEDS: dict[str, list[bytes]] = {
    "label_codec": masks(),
    "picture": pictures(),
    "shard_index": indices(),
    "weights": checkpoints(),
    "match_file": matchings(),
}
"""By the target's name."""
