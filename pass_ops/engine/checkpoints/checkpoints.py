"""The checkpoints of one training: when one is due, which are kept, which one to go on from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pass_ops.engine.checkpoints.files import (
    CHECKPOINT,
    KEPT,
    LATEST,
    Manifest,
    checkpoint_name,
    read_manifest,
    read_snapshot,
    to_disk,
    write_checkpoint,
)
from pass_ops.engine.checkpoints.identity import Identity, sha256_of
from pass_ops.engine.checkpoints.lock import locked
from pass_ops.engine.checkpoints.others import nearest
from pass_ops.engine.checkpoints.share import Share
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.checkpoints.writer import Writer
from pass_ops.engine.events import tell
from pass_ops.errors import ArtifactError, ConfigError, StorageError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE

if TYPE_CHECKING:
    from pass_ops.engine.checkpoints.mirror import Mirror

NEWEST = 2
"""Checkpoints that are kept, beside the one with the smallest loss of an epoch."""
# Seconds that the process waits for its last checkpoint: of the 20 that a signal may take.
_LAST = 15.0
_LOCK = "lock"


class Checkpoints:
    """Keeps what a training goes on from, in a folder and, if one is named, below an S3 prefix.

    Use it in a `with` block, which locks the folder, and which waits at its end, however it ends,
    until the last checkpoint has been written.

    Args:
        identity: of the training.
        root: folder of the checkpoints of all trainings.
        remote: S3 prefix of the same; empty for none.
        minutes: most between two checkpoints; 0 for one after every step, as far as they can be
            written so fast.
        stays: whether the folder outlives the training.

    Attributes:
        kept: folder for weights that the training keeps for its outputs.
    """

    def __init__(
        self, *, identity: Identity, root: Path, remote: str, minutes: float, stays: bool
    ) -> None:
        self.identity, self.root, self.remote = identity, root, remote
        self.folder = root / identity.prefix
        self.kept = self.folder / KEPT
        self._minutes, self._stays = minutes, stays
        self._mirror = _mirror(f"{remote}/{identity.prefix}", self.folder) if remote else None
        self._writer = Writer(identity.stage)
        self._in_time = True
        self._before = time.monotonic()
        # By name; None amid an epoch, and where it was not looked at.
        self._losses: dict[str, float | None] = {}
        # Name of the newest that is where it is to be, in S3 too.
        self._kept = ""
        self._digests: dict[str, str] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Checkpoints:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stack.enter_context(locked(self.folder / _LOCK, self.identity.stage))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            self._settle()
            if self.folder.is_dir() and {one.name for one in self.folder.iterdir()} <= {_LOCK}:
                self._remove_folder()

    @property
    def place(self) -> str:
        """Where the checkpoints are, for people."""
        return f"{self.remote}/{self.identity.prefix}" if self.remote else str(self.folder)

    @property
    def last(self) -> str:
        """Name of the newest checkpoint, once it is written; empty if there is none."""
        self._settle()
        return max(self._losses, default="")

    def newest(self) -> tuple[Manifest, Snapshot] | None:
        """The newest checkpoint that is intact; None if there is none.

        Damaged ones are removed, in a line each.

        Raises:
            ConfigError: it is of other settings, data or code, for all that lies where it lies.
            StorageError: the server refuses or cannot be reached.
        """
        remote = self._mirror.names() if self._mirror else set()
        names = sorted({*self._names_here(), *remote}, reverse=True)
        for place, name in enumerate(names):
            if found := self._read(name, name in remote):
                self._losses = dict.fromkeys(names[place:]) | {name: found[0].loss}
                self._kept = name if name in remote or not self._mirror else ""
                return found
        if other := nearest(self.identity, self.root, self.remote):
            self._say(f"starts anew: {other}")
        return None

    def of_shares(self) -> Iterator[Checkpoints]:
        """Those of the shares of this work, in their order; each is to be used in a `with` block.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        names = {path.name for path in self.folder.iterdir() if path.is_dir()}
        names |= self._mirror.folders() if self._mirror else set()
        for name in sorted(filter(Share.of_folder, names)):
            yield Checkpoints(
                identity=replace(self.identity, share=name),
                root=self.root,
                remote=self.remote,
                minutes=self._minutes,
                stays=self._stays,
            )

    def require_kept(self, step: int) -> None:
        """Return once the checkpoint after a step is kept, however long that takes.

        Args:
            step: that `save` was told last.

        Raises:
            StorageError: it could not be.
        """
        self._writer.finish(None)
        if self._kept != checkpoint_name(step):
            raise StorageError(f"{self.place}: {self.identity.stage} could not keep its work there")

    def due(self) -> bool:
        """Whether it is time for a checkpoint."""
        return self._writer.idle and time.monotonic() - self._before >= 60 * self._minutes

    def save(self, *, epoch: int, step: int, loss: float | None, snapshot: Snapshot) -> None:
        """Keep a checkpoint; returns at once.

        One whose arrays are not finite is left out.

        Args:
            epoch, step: finished ones.
            loss: mean of the epoch that has just ended; None amid an epoch.
            snapshot: the state.
        """
        self._before = time.monotonic()
        manifest = Manifest(
            identity=self.identity,
            epoch=epoch,
            step=step,
            loss=loss,
            values=snapshot.values,
            arrays="",
            kept={},
        )
        self._writer.put(lambda: self._write(manifest, snapshot))

    def finish(self) -> None:
        """Remove what nobody needs any more, since the outputs are written.

        Where a place is named for checkpoints, the last one stays: the outputs may yet be lost on
        their way from the stage to the pipeline.
        """
        if self._settle() and (self._mirror or self._stays):
            self._writer.put(self._close)
            self._settle()
        if not self._stays:
            self._remove_folder()

    def _settle(self) -> bool:
        """Wait until all is written, but only once in vain; returns whether it is."""
        self._in_time = self._in_time and self._writer.finish(_LAST)
        return self._in_time

    def _names_here(self) -> list[str]:
        return [path.name for path in self.folder.iterdir() if CHECKPOINT.fullmatch(path.name)]

    def _read(self, name: str, remote: bool) -> tuple[Manifest, Snapshot] | None:
        """A checkpoint, from here or else from S3; None, and it is removed, if it is damaged.

        Args:
            name: of the checkpoint.
            remote: whether S3 has it.
        """
        folder = self.folder / name
        if folder.is_dir():
            try:
                return self._load(folder)
            except ArtifactError as error:
                self._say(f"{error}: removed")
                shutil.rmtree(folder)
        if remote:
            assert self._mirror is not None
            try:
                self._mirror.pull(name)
                return self._load(folder)
            except ArtifactError as error:
                self._say(f"{error}: removed")
                shutil.rmtree(folder, ignore_errors=True)
                self._mirror.drop([name])
        return None

    def _load(self, folder: Path) -> tuple[Manifest, Snapshot]:
        manifest = read_manifest(folder)
        if differences := self.identity.differences(manifest.identity):
            raise ConfigError(
                f"{folder}: a checkpoint of another training ({', '.join(differences)}); "
                "move it away"
            )
        snapshot = read_snapshot(folder, self.kept, manifest)
        self._digests |= manifest.kept
        return manifest, snapshot

    def _write(self, manifest: Manifest, snapshot: Snapshot) -> None:
        """Write, send, and remove older ones.

        Args:
            manifest: but for digests.
            snapshot: the state.
        """
        if not snapshot.is_finite:
            return
        name = checkpoint_name(manifest.step)
        manifest = replace(manifest, kept=self._digests_of(snapshot.folders))
        write_checkpoint(self.folder / name, snapshot, manifest)
        with atomic_path(self.folder / LATEST, ANY_FILE) as temporary:
            temporary.write_text(name)
            to_disk(temporary)
        self._losses[name] = manifest.loss
        if self._mirror:
            self._mirror.push(name, manifest)
        self._kept = name
        self._prune(newest=NEWEST, best=1)

    def _digests_of(self, folders: tuple[Path, ...]) -> dict[str, str]:
        """Digests of the files of kept weights, each of which is read once."""
        names = []
        for folder in folders:
            for file in sorted(folder.iterdir()):
                name = f"{folder.name}/{file.name}"
                names.append(name)
                if name not in self._digests:
                    to_disk(file)
                    to_disk(folder)
                    self._digests[name] = sha256_of(file)
        return {name: self._digests[name] for name in names}

    def _prune(self, *, newest: int, best: int) -> None:
        """Remove checkpoints.

        Args:
            newest: how many of the newest stay.
            best: how many of those with the smallest losses do.
        """
        names = sorted(self._losses, reverse=True)
        losses = {name: loss for name, loss in self._losses.items() if loss is not None}
        stay = {*names[:newest], *sorted(losses, key=lambda name: losses[name])[:best]}
        for name in set(names) - stay:
            if self._mirror:
                self._mirror.drop([name])
            shutil.rmtree(self.folder / name, ignore_errors=True)
            del self._losses[name]

    def _close(self) -> None:
        """Leave the last checkpoint, without `latest`, by which others see what is unfinished."""
        self._prune(newest=1, best=0)
        (self.folder / LATEST).unlink(missing_ok=True)
        if self._mirror:
            self._mirror.drop_latest()

    def _remove_folder(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        # The folders above, where this was the only training.
        with suppress(OSError):
            parent = self.folder.parent
            while parent != self.root:
                parent.rmdir()
                parent = parent.parent
            if not self._stays:
                self.root.rmdir()

    def _say(self, text: str) -> None:
        tell(f"{self.identity.stage} | {text}", stage=self.identity.stage)


def _mirror(uri: str, folder: Path) -> Mirror:
    """A mirror in S3, whose client is imported where there is one.

    Args:
        uri, folder: see `Mirror`.
    """
    from pass_ops.engine.checkpoints.mirror import Mirror

    return Mirror(uri, folder)
