"""Packing a folder: tar shards, tables, checksums; to a folder or to S3.

```
images/<split>-00000.tar …   masks/<split>-00000.tar …
index.parquet   truth.parquet   categories.txt   names.txt   SHA256SUMS   pointer.json
```
The same files give the same bytes, hence the same digest, wherever and whenever they are packed.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tarfile import BLOCKSIZE

import pyarrow as pa
import pyarrow.parquet as pq

from pass_ops.data.cache import write_sums
from pass_ops.data.decode import image_size
from pass_ops.data.decoding.png import SIGNATURE
from pass_ops.data.index import INDEX_NAME, INDEX_SCHEMA, TRUTH_NAME, TRUTH_SCHEMA
from pass_ops.data.layout import read_layout
from pass_ops.data.locate import counts
from pass_ops.data.packing.publish import DIGEST, publish, staging
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import read_file
from pass_ops.data.shards import SHARD_BYTES, ShardWriter
from pass_ops.data.structure import CATEGORIES_NAME
from pass_ops.data.user_files.class_names import NAMES_NAME, class_names_text
from pass_ops.data.user_files.entry import Entry, Layout
from pass_ops.engine.progress import Progress
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.disk_space import require_room
from pass_ops.storage.kinds import PACKED
from pass_ops.storage.outputs import require_free

Row = dict[str, object]


def pack(source: Path, destination: str, shard_bytes: int = SHARD_BYTES) -> DatasetPointer:
    """Pack a folder in ImageNet-S layout, or of photographs; returns the pointer to the packed set.

    What is at the destination already, of the same set and intact, is left as it is and not sent;
    what is damaged there is replaced. In S3 `pointer.json` is written last, a folder is renamed
    when it is whole: a reader never sees half a set.

    Args:
        source: folder in ImageNet-S layout, or of photographs.
        destination: folder or `s3://bucket/prefix`; `{digest}` in it is filled in.
        shard_bytes: size from which a shard is closed.

    Raises:
        DataError: `source` is no data set or holds no image; the destination holds another set.
        StorageError: the destination holds something else, or is in the source; no space left; the
            server refuses.
    """
    if not is_s3(destination):
        require_free(Path(destination), PACKED, (source,))
    layout = read_layout(Path(source))
    with staging(destination) as folder:
        files, size = _size(layout)
        # The scratch folder in it is nobody's concern.
        require_room(folder.parents[1], size, f"shards of {files} images and masks")
        _write_packed(layout, folder, shard_bytes)
        digest = write_sums(folder)
        uri = destination.replace(DIGEST, digest).rstrip("/")
        pointer = DatasetPointer(
            uri=uri, digest=digest, categories=len(layout.categories), counts=counts(layout)
        )
        publish(folder, pointer)
    return pointer


def _size(layout: Layout) -> tuple[int, int]:
    """How many files a set has, and the bytes that they take in shards: each after a header, and
    filled up to whole blocks.
    """
    entries = [entry for split in layout.splits.values() for entry in split]
    files = [path for entry in entries for path in (entry.image, entry.mask) if path]
    blocks = sum(1 + -(-path.stat().st_size // BLOCKSIZE) for path in files)
    return len(files), BLOCKSIZE * blocks


def _write_packed(layout: Layout, folder: Path, shard_bytes: int) -> None:
    """Write shards, tables and the list of categories.

    Args:
        layout: the set's files.
        folder: an empty one, to write into.
        shard_bytes: size from which a shard is closed.
    """
    index: list[Row] = []
    truth: list[Row] = []
    progress = Progress("pack data", sum(counts(layout).values()))
    for split, entries in sorted(layout.splits.items()):
        # Every split has shards of its own, so that a reader of one split fetches nothing of
        # another.
        with (
            ShardWriter(folder, f"images/{split}-", shard_bytes) as images,
            ShardWriter(folder, f"masks/{split}-", shard_bytes) as masks,
        ):
            for entry in entries:
                data = entry.read()
                width, height = image_size(data, str(entry.image))
                location = asdict(images.write(f"{entry.key}{_ending(entry, data)}", data))
                index.append(
                    {"key": entry.key, "split": split, **location, "width": width, "height": height}
                )
                mask = (
                    asdict(masks.write(f"{entry.key}.png", read_file(entry.mask)))
                    if entry.mask
                    else {}
                )
                names = {
                    "key": entry.key,
                    "split": split,
                    "category": entry.category,
                    "stem": entry.stem,
                }
                truth.append(names | {f"mask_{name}": value for name, value in mask.items()})
                progress.advance(1)
    pq.write_table(pa.Table.from_pylist(index, INDEX_SCHEMA), folder / INDEX_NAME)
    pq.write_table(pa.Table.from_pylist(truth, TRUTH_SCHEMA), folder / TRUTH_NAME)
    if shown := class_names_text(layout.categories, layout.names):
        (folder / NAMES_NAME).write_text(shown, encoding="utf-8")
    (folder / CATEGORIES_NAME).write_text(
        "".join(f"{name}\n" for name in layout.categories), encoding="utf-8"
    )


def _ending(entry: Entry, data: bytes) -> str:
    """How the name of an image ends in its shard.

    Args:
        entry: the image.
        data: as it is packed.
    """
    is_png = entry.converted and data.startswith(SIGNATURE)
    return ".png" if is_png else entry.image.suffix.lower()
