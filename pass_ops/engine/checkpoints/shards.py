"""Results of a stage's work, kept shard by shard while the work goes on.

Stages that infer, apply the CRF or make masks work through images one after the other, others
through batches, restarts of k-means or checkpoints. What came of so many pieces is kept in a shard,
and a stage that is started again begins after the last whole one. Its outputs are those of an
uninterrupted run, since the same results come in the same order.
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
from pass_ops.engine.events import tell
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE, FolderForm

PIECES = 256
"""Most pieces of work of a shard; fewer where they take longer than the minutes between
checkpoints."""
_FORM = FolderForm({ARRAYS: ANY_FILE})
Result = TypeVar("Result")


@dataclass(frozen=True)
class Codec(Generic[Result]):
    """How the result of a piece of work is kept.

    Attributes:
        encode: gives arrays by name.
        decode: takes the piece's key and these arrays.
    """

    encode: Callable[[Result], Arrays]
    decode: Callable[[str, Arrays], Result]


class Shards:
    """What a stage has done of its work, which has one part or several, one after the other.

    Args:
        checkpoints: in their `with` block.

    Attributes:
        identity: whose work it is.
        place: where it is kept, for people.
    """

    def __init__(self, checkpoints: Checkpoints) -> None:
        self.identity, self.place = checkpoints.identity, checkpoints.place
        self._checkpoints = checkpoints
        found = checkpoints.newest()
        self._folders = list(found[1].folders) if found else []
        self._done = found[0].step if found else 0
        # Results that are in no shard yet, by the part that they are of.
        self._waiting: dict[str, Arrays] = {}
        self._pieces = 0

    def of(self, part: str) -> Iterator[Arrays]:
        """Yield the arrays of each shard of a part: by a piece's key, a slash, and their name."""
        for folder in self._folders_of(part):
            yield load_file(folder / ARRAYS)

    def add(self, part: str, key: str, arrays: Arrays) -> None:
        """Keep what came of a piece of work, once a shard is full or old enough.

        Args:
            part: of the work.
            key: of the piece, without a slash.
            arrays: by name; at least one.
        """
        self._waiting.setdefault(part, Arrays()).update(prefixed(f"{key}/", arrays))
        self._pieces += 1
        if self._pieces < PIECES and not self._checkpoints.due():
            return
        for one, kept in self._waiting.items():
            name = f"{one}-{len(self._folders_of(one)):06d}"
            self._folders.append(_write(self._checkpoints.kept / name, kept))
        self._done += self._pieces
        self._waiting, self._pieces = {}, 0
        snapshot = Snapshot(folders=tuple(self._folders))
        self._checkpoints.save(epoch=0, step=self._done, loss=None, snapshot=snapshot)

    def _folders_of(self, part: str) -> list[Path]:
        return [folder for folder in self._folders if folder.name.rpartition("-")[0] == part]


def resumed(
    *,
    compute: Callable[[Sequence[str]], Iterable[tuple[str, Result]]],
    keys: Sequence[str],
    codec: Codec[Result],
    shards: Shards | None,
    part: str = "images",
) -> Iterator[tuple[str, Result]]:
    """Yield key and result of every piece of work: those of whole shards, then computed ones.

    Args:
        compute: gives keys and results of some pieces, at least one, in their order.
        keys: of all pieces.
        codec: of the results.
        shards: what is done already; None to keep nothing.
        part: what the pieces are; tells parts of a stage's work apart.
    """
    if shards is None:
        yield from compute(keys)
        return
    done = 0
    for arrays in shards.of(part):
        pieces = len({name.partition("/")[0] for name in arrays})
        for key in keys[done : done + pieces]:
            yield key, codec.decode(key, under(f"{key}/", arrays))
        done += pieces
    if done:
        stage = shards.identity.stage
        told = f"goes on after {done} of {len(keys)} {part}, from {shards.place}"
        tell(f"{stage} | {told}", stage=stage)
    if done == len(keys):
        return
    for key, result in compute(keys[done:]):
        shards.add(part, key, codec.encode(result))
        yield key, result


def _write(folder: Path, arrays: Arrays) -> Path:
    with atomic_path(folder, _FORM) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / ARRAYS)
    return folder
