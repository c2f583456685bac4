"""Results of work on many images, kept shard by shard while the work goes on.

Stages that infer, apply the CRF or make masks work through images one after the other. What came of
so many images is kept in a shard, and a stage that is started again begins after the last whole
one. Its outputs are those of an uninterrupted run, since the same results come in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from safetensors.numpy import load_file, save_file

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.files import ARRAYS
from pass_ops.engine.checkpoints.snapshot import Arrays, Snapshot, prefixed, under
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE, FolderForm

IMAGES = 256
"""Most images of a shard; fewer where they take longer than the minutes between checkpoints."""
_FORM = FolderForm({ARRAYS: ANY_FILE})
Result = TypeVar("Result")


@dataclass(frozen=True)
class Codec(Generic[Result]):
    """How the result of an image is kept.

    Attributes:
        encode: gives arrays by name.
        decode: takes the image's key and these arrays.
    """

    encode: Callable[[Result], Arrays]
    decode: Callable[[str, Arrays], Result]


def resumed(
    *,
    compute: Callable[[Sequence[str]], Iterable[tuple[str, Result]]],
    keys: Sequence[str],
    codec: Codec[Result],
    shards: Checkpoints | None,
) -> Iterator[tuple[str, Result]]:
    """Yield key and result of every image: those of whole shards, then computed ones.

    Args:
        compute: gives keys and results of some images, in their order.
        keys: of all images.
        codec: of the results.
        shards: in their `with` block; None to keep nothing.
    """
    if shards is None:
        yield from compute(keys)
        return
    found = shards.newest()
    folders = list(found[1].folders) if found else []
    done = 0
    for folder in folders:
        arrays = load_file(folder / ARRAYS)
        images = len({name.partition("/")[0] for name in arrays})
        for key in keys[done : done + images]:
            yield key, codec.decode(key, under(f"{key}/", arrays))
        done += images
    if done:
        print(
            f"{shards.identity.stage} | goes on after {done} of {len(keys)} images, from "
            f"{shards.place}",
            flush=True,
        )
    kept, images = Arrays(), 0
    for key, result in compute(keys[done:]):
        kept |= prefixed(f"{key}/", codec.encode(result))
        images += 1
        if images == IMAGES or shards.due():
            done += images
            folders.append(_write(shards.kept / f"shard-{len(folders):06d}", kept))
            snapshot = Snapshot(folders=tuple(folders))
            shards.save(epoch=0, step=done, loss=None, snapshot=snapshot)
            kept, images = Arrays(), 0
        yield key, result


def _write(folder: Path, arrays: Arrays) -> Path:
    with atomic_path(folder, _FORM) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / ARRAYS)
    return folder
