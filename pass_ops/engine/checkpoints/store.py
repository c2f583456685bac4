"""Which checkpoints of a training there are, here and in S3: which are kept, and the newest one."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
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
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.kept_weights import KeptWeights
from pass_ops.engine.checkpoints.others import nearest
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.events import tell
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE

if TYPE_CHECKING:
    from pass_ops.engine.checkpoints.mirror import Mirror

NEWEST = 2
"""Checkpoints that are kept."""


class CheckpointStore:
    """The checkpoints of one training, in a folder and, if one is named, below an S3 prefix.

    Args:
        identity: of the training.
        root: folder of the checkpoints of all trainings.
        remote: S3 prefix of the same; empty for none.

    Attributes:
        folder: of the checkpoints.
        kept: folder for weights that the training keeps for its outputs.
        last_kept: name of the newest that is where it is to be, in S3 too; empty if none is.
    """

    def __init__(self, *, identity: Identity, root: Path, remote: str) -> None:
        self._identity, self._root, self._remote = identity, root, remote
        self.folder = root / identity.prefix
        self.kept = self.folder / KEPT
        self.last_kept = ""
        self._mirror = _mirror(f"{remote}/{identity.prefix}", self.folder) if remote else None
        self._names: set[str] = set()
        self._weights = KeptWeights()

    @property
    def place(self) -> str:
        """Where the checkpoints are, for people."""
        return f"{self._remote}/{self._identity.prefix}" if self._remote else str(self.folder)

    @property
    def last(self) -> str:
        """Name of the newest checkpoint; empty if there is none."""
        return max(self._names, default="")

    def newest(self) -> tuple[Manifest, Snapshot] | None:
        """See `Checkpoints.newest`."""
        remote = self._mirror.names() if self._mirror else set()
        names = sorted({*self._names_here(), *remote}, reverse=True)
        for place, name in enumerate(names):
            if checkpoint := self._read(name, name in remote):
                self._names = set(names[place:])
                self.last_kept = name if name in remote or not self._mirror else ""
                return checkpoint
        if other := nearest(self._identity, self._root, self._remote):
            self._say(f"starts anew: {other}")
        return None

    def folders(self) -> set[str]:
        """Names of all folders that there are, here and in S3.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        names = {path.name for path in self.folder.iterdir() if path.is_dir()}
        return names | (self._mirror.folders() if self._mirror else set())

    def write(self, manifest: Manifest, snapshot: Snapshot) -> None:
        """Write, send, and remove older ones; leave out what is not finite.

        Args:
            manifest: but for digests.
            snapshot: the state.
        """
        if not snapshot.is_finite:
            return
        name = checkpoint_name(manifest.step)
        manifest = replace(manifest, kept=self._weights.digests(snapshot.folders))
        write_checkpoint(self.folder / name, snapshot, manifest)
        with atomic_path(self.folder / LATEST, ANY_FILE) as temporary:
            temporary.write_text(name)
            to_disk(temporary)
        self._names.add(name)
        if self._mirror:
            self._mirror.push(name, manifest)
        self.last_kept = name
        self._prune(NEWEST)

    def close(self) -> None:
        """Leave the last checkpoint, without `latest`, by which others see what is unfinished."""
        self._prune(1)
        (self.folder / LATEST).unlink(missing_ok=True)
        if self._mirror:
            self._mirror.drop_latest()

    def remove(self, *, root: bool) -> None:
        """Remove all that is in the folder, and the folders above where nothing else is in them.

        Args:
            root: whether that of all trainings is one of these.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            parent = self.folder.parent
            while parent != self._root:
                parent.rmdir()
                parent = parent.parent
            if root:
                self._root.rmdir()

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
                self._mirror.drop(name)
        return None

    def _load(self, folder: Path) -> tuple[Manifest, Snapshot]:
        manifest = read_manifest(folder)
        if differences := self._identity.differences(manifest.identity):
            raise ConfigError(
                f"{folder}: a checkpoint of another training ({', '.join(differences)}); "
                "move it away"
            )
        snapshot = read_snapshot(folder, self.kept, manifest)
        self._weights.add(manifest.kept)
        return manifest, snapshot

    def _prune(self, newest: int) -> None:
        """Remove all checkpoints but so many of the newest."""
        for name in sorted(self._names)[:-newest]:
            if self._mirror:
                self._mirror.drop(name)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            self._names.remove(name)

    def _say(self, text: str) -> None:
        tell(f"{self._identity.stage} | {text}", stage=self._identity.stage)


def _mirror(uri: str, folder: Path) -> Mirror:
    """A mirror in S3, whose client is imported where there is one.

    Args:
        uri, folder: see `Mirror`.
    """
    from pass_ops.engine.checkpoints.mirror import Mirror

    return Mirror(uri, folder)
