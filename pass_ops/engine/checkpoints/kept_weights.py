"""Weights that a training has kept for its outputs, and that its checkpoints vouch for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pass_ops.engine.checkpoints.files import to_disk
from pass_ops.storage.contents.file_digest import file_sha256


class KeptWeights:
    """The digests of their files, each of which is read once: it stays as it is."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}

    def add(self, digests: Mapping[str, str]) -> None:
        """Take the digests of files that have been compared with them.

        Args:
            digests: by `<folder>/<file>`.
        """
        self._digests |= digests

    def digests(self, folders: Iterable[Path]) -> dict[str, str]:
        """The digests of the files in folders, by `<folder>/<file>`, once they are on the disk.

        Args:
            folders: of weights.
        """
        names = []
        for folder in folders:
            for file in sorted(folder.iterdir()):
                name = f"{folder.name}/{file.name}"
                names.append(name)
                if name not in self._digests:
                    to_disk(file)
                    to_disk(folder)
                    self._digests[name] = file_sha256(file)
        return {name: self._digests[name] for name in names}
