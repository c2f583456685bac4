"""Results of a stage's work, kept shard by shard while the work goes on.

Stages that infer, apply the CRF or make masks work through images one after the other, others
through batches, restarts of k-means or checkpoints. What came of so many pieces is kept in a shard,
and a stage that is started again makes what is in no whole one. Its outputs are those of an
uninterrupted run, since the same results come in the same order.

Several tasks can share the work: each makes the pieces of its share and ends there. The stage then
finds them, and makes only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Generic, TypeVar

from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.files import ARRAYS
from pass_ops.engine.checkpoints.share import Share, ShareMade
from pass_ops.engine.checkpoints.snapshot import Arrays, Snapshot, prefixed, under
from pass_ops.engine.events import tell
from pass_ops.engine.progress import track
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
        share: of the pieces of the first part that this task makes; None for a whole stage.

    Attributes:
        identity: whose work it is.
        place: where it is kept, for people.
    """

    def __init__(self, checkpoints: Checkpoints, share: Share | None = None) -> None:
        self.identity, self.place, self.share = checkpoints.identity, checkpoints.place, share
        self._checkpoints = checkpoints
        checkpoint = checkpoints.newest()
        self._folders = list(checkpoint[1].folders) if checkpoint else []
        self._done = checkpoint[0].step if checkpoint else 0
        self._shared: list[Path] = []
        for one in checkpoints.of_shares():
            with one:
                share_checkpoint = one.newest()
                self._shared += share_checkpoint[1].folders if share_checkpoint else ()
        # Results that are in no shard yet, by the part that they are of.
        self._waiting: dict[str, Arrays] = {}
        self._pieces = 0

    def of(self, part: str) -> KeptPieces:
        """The pieces of a part that are kept, by this stage or by tasks that share its work."""
        shared = [folder for folder in self._shared if _part_of(folder) == part]
        return KeptPieces([*self._folders_of(part), *shared])

    def add(self, part: str, key: str, arrays: Arrays) -> None:
        """Keep what came of a piece of work, once a shard is full or old enough.

        Args:
            part: of the work.
            key: of the piece, without a slash.
            arrays: by name; at least one.
        """
        self._waiting.setdefault(part, Arrays()).update(prefixed(f"{key}/", arrays))
        self._pieces += 1
        if self._pieces >= PIECES or self._checkpoints.due():
            self._save()

    def close(self) -> None:
        """Return once all pieces are kept, a shard that is not full too.

        Raises:
            StorageError: they could not be.
        """
        if self._pieces:
            self._save()
        if self._done:
            self._checkpoints.require_kept(self._done)

    def _save(self) -> None:
        for one, pieces in self._waiting.items():
            name = f"{one}-{len(self._folders_of(one)):06d}"
            self._folders.append(_write(self._checkpoints.kept / name, pieces))
        self._done += self._pieces
        self._waiting, self._pieces = {}, 0
        snapshot = Snapshot(folders=tuple(self._folders))
        self._checkpoints.save(epoch=0, step=self._done, snapshot=snapshot)

    def _folders_of(self, part: str) -> list[Path]:
        return [folder for folder in self._folders if _part_of(folder) == part]


class KeptPieces:
    """Arrays of pieces of work by the pieces' keys; those of one shard are in memory at a time.

    Args:
        folders: of the shards.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders: dict[str, Path] = {}
        for folder in folders:
            with safe_open(folder / ARRAYS, "numpy") as shard:
                keys = {name.partition("/")[0] for name in shard.keys()}  # noqa: SIM118
            self._folders |= dict.fromkeys(keys, folder)
        self._loaded: Path | None = None
        self._arrays = Arrays()

    def __contains__(self, key: str) -> bool:
        return key in self._folders

    def __getitem__(self, key: str) -> Arrays:
        folder = self._folders[key]
        if folder != self._loaded:
            self._loaded, self._arrays = folder, load_file(folder / ARRAYS)
        return under(f"{key}/", self._arrays)


def resumed(
    *,
    compute: Callable[[Sequence[str]], Iterable[tuple[str, Result]]],
    keys: Sequence[str],
    codec: Codec[Result],
    shards: Shards | None,
    part: str = "images",
) -> Iterator[tuple[str, Result]]:
    """Yield key and result of every piece of work: kept ones, and computed ones where none is.

    Args:
        compute: gives keys and results of some pieces that follow each other, at least one, in
            their order.
        keys: of all pieces.
        codec: of the results.
        shards: what is done already; None to keep nothing.
        part: what the pieces are; tells parts of a stage's work apart.

    Raises:
        ShareMade: the pieces of the share are kept that `shards` has; none is yielded.
    """
    if shards is None:
        yield from compute(keys)
        return
    kept, stage = shards.of(part), shards.identity.stage
    wanted = shards.share.of(keys) if shards.share else keys
    done = sum(key in kept for key in wanted)
    if done:
        text = f"goes on after {done} of {len(wanted)} {part}, from {shards.place}"
        tell(f"{stage} | {text}", stage=stage)
    if shards.share:
        missing = (
            compute(tuple(some)) for found, some in groupby(wanted, kept.__contains__) if not found
        )
        for key, result in track(chain.from_iterable(missing), stage, len(wanted) - done):
            shards.add(part, key, codec.encode(result))
        shards.close()
        raise ShareMade
    for found, some in groupby(wanted, kept.__contains__):
        if found:
            yield from ((key, codec.decode(key, kept[key])) for key in some)
        else:
            for key, result in compute(tuple(some)):
                shards.add(part, key, codec.encode(result))
                yield key, result


def _write(folder: Path, arrays: Arrays) -> Path:
    with atomic_path(folder, _FORM) as temporary:
        temporary.mkdir(parents=True)
        save_file(arrays, temporary / ARRAYS)
    return folder


def _part_of(folder: Path) -> str:
    """The part of the work that a shard is of."""
    return folder.name.rpartition("-")[0]
