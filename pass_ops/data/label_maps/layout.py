"""Names and columns of the files of label maps, for those that write and read them."""

from __future__ import annotations

import pyarrow as pa

MANIFEST, META = "manifest.parquet", "meta.json"
SCHEMA = pa.schema(
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
