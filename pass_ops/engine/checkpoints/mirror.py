"""Checkpoints in S3, as they lie in a folder of this machine."""

from __future__ import annotations

from pathlib import Path

from pass_ops.engine.checkpoints.files import (
    ARRAYS,
    CHECKPOINT,
    KEPT,
    LATEST,
    MANIFEST,
    Manifest,
    parse_manifest,
)
from pass_ops.errors import ArtifactError
from pass_ops.storage.s3 import download, names_below, read_bytes, remove, upload


class Mirror:
    """The checkpoints of one training below an S3 prefix.

    Args:
        uri: of the prefix.
        folder: of the same checkpoints on this machine.
    """

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri, self.folder = uri, folder
        self._kept: set[str] = set()

    def names(self) -> set[str]:
        """Names of the checkpoints that are complete.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        return {
            name.partition("/")[0]
            for name in names_below(self.uri)
            if CHECKPOINT.fullmatch(name.removesuffix(f"/{MANIFEST}"))
        }

    def folders(self) -> set[str]:
        """Names of all folders below the prefix.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        return {name.partition("/")[0] for name in names_below(self.uri) if "/" in name}

    def push(self, name: str, manifest: Manifest) -> None:
        """Send a checkpoint: its files, then its manifest, then `latest`.

        Args:
            name: of the checkpoint.
            manifest: of it.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        for one in manifest.kept.keys() - self._kept:
            self._upload(f"{KEPT}/{one}")
            self._kept.add(one)
        for one in (f"{name}/{ARRAYS}", f"{name}/{MANIFEST}", LATEST):
            self._upload(one)

    def pull(self, name: str) -> None:
        """Fetch a checkpoint, unverified.

        Args:
            name: of the checkpoint.

        Raises:
            ArtifactError: it is not complete, or its manifest is damaged.
            StorageError: the server refuses or cannot be reached.
        """
        uri = f"{self.uri}/{name}"
        manifest = parse_manifest(read_bytes(f"{uri}/{MANIFEST}"), uri)
        names = [f"{KEPT}/{one}" for one in manifest.kept] + [f"{name}/{ARRAYS}"]
        if missing := set(names) - set(names_below(self.uri)):
            raise ArtifactError(f"{uri}: a damaged checkpoint ({min(missing)} is missing)")
        for one in (*names, f"{name}/{MANIFEST}"):
            download(f"{self.uri}/{one}", self.folder / one)
        self._kept |= manifest.kept.keys()

    def drop(self, name: str) -> None:
        """Remove a checkpoint, its manifest first.

        Args:
            name: of the checkpoint.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        for file in sorted(names_below(f"{self.uri}/{name}"), reverse=True):
            remove(f"{self.uri}/{name}/{file}")

    def drop_latest(self) -> None:
        """Remove `latest`."""
        remove(f"{self.uri}/{LATEST}")

    def _upload(self, name: str) -> None:
        upload(self.folder / name, f"{self.uri}/{name}")
