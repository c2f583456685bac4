"""Which training a checkpoint is of: only the same one may go on from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.tracking.params import flatten

# Settings that change nothing that is computed.
_WITHOUT_EFFECT = ("workers", "processes", "cache_gib", "checkpoint_minutes")
_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Stage, settings, data and code of a training. Two of the same identity compute the same.

    Attributes:
        stage: the training's name.
        settings: by dotted name, those left out that change nothing.
        data: digest of the images and of all else that the training reads.
        code: digest of this package's source.
        share: folder of the share of the work that it does; empty for the whole.
    """

    stage: str
    settings: Mapping[str, str]
    data: str
    code: str
    share: str = ""

    @property
    def prefix(self) -> str:
        """Where its checkpoints lie: stage, digest of settings and code, digest of the data, and
        share, if it is one.
        """
        text = json.dumps([dict(self.settings), self.code], sort_keys=True)
        whole = f"{self.stage}/{_digest(text.encode())}/{self.data}"
        return f"{whole}/{self.share}" if self.share else whole

    def differences(self, other: Identity) -> list[str]:
        """What another identity has otherwise: `epochs 12 there, 13 here`."""
        differences = [
            f"{name} {other.settings.get(name, 'unset')} there, {self.settings.get(name)} here"
            for name in sorted(self.settings)
            if other.settings.get(name) != self.settings.get(name)
        ]
        differences += [
            f"{name} unknown here" for name in sorted(other.settings.keys() - self.settings)
        ]
        differences += [
            f"another {name}"
            for name in ("stage", "data", "code")
            if getattr(self, name) != getattr(other, name)
        ]
        return differences


def identity_of(
    *, stage: str, settings: Mapping[str, Any], keys: Iterable[str], artifacts: Iterable[Path]
) -> Identity:
    """The identity of a stage's work.

    Args:
        stage: its name.
        settings: by name, nested to any depth.
        keys: of the images, which are digests of their files, or the digest of their set.
        artifacts: files and folders that it reads besides. Of a folder its own files count, and not
            those in its subfolders, for whose content the former vouch; where it has none, as
            folders of checkpoints, all do.
    """
    values = flatten(settings)
    for name in list(values):
        if name.rpartition(".")[2] in _WITHOUT_EFFECT:
            del values[name]
    data = hashlib.sha256("\n".join(keys).encode())
    for artifact in artifacts:
        for file in _files_of(artifact):
            data.update(file_sha256(file).encode())
    return Identity(
        stage=stage, settings=values, data=data.hexdigest()[:_DIGITS], code=code_digest()
    )


def _files_of(artifact: Path) -> list[Path]:
    """The files that say what an artifact holds."""
    if not artifact.is_dir():
        return [artifact] if artifact.is_file() else []
    own = [path for path in artifact.iterdir() if path.is_file()]
    return sorted(own or (path for path in artifact.rglob("*") if path.is_file()))


@cache
def code_digest() -> str:
    """Digest of the source of this package: other code may compute something else."""
    root = Path(__file__).parents[2]
    texts = [file.read_bytes() for file in sorted(root.rglob("*.py"))]
    return _digest(b"\0".join(texts))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
