"""One checkpoint on disk: a folder with `arrays.safetensors` and `manifest.json`.

The manifest, which is written last, holds everything else: whose checkpoint it is, how far the
training had come, values, and the sha256 of all files. Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.errors import ArtifactError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.forms import ANY_FILE, FolderForm, json_with

CHECKPOINT = re.compile(r"step-\d{10}")
ARRAYS, MANIFEST = "arrays.safetensors", "manifest.json"
KEPT, LATEST = "kept", "latest"
FORM = FolderForm({ARRAYS: ANY_FILE, MANIFEST: json_with("step", "sha256")})
_FORMAT = 2
# Names that lead nowhere else, whoever has written a manifest.
_FOLDER_AND_FILE = re.compile(r"(?!\.)[\w.-]+/(?!\.)[\w.-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What `manifest.json` says.

    Attributes:
        identity: whose checkpoint it is.
        epoch, step: finished ones.
        values: see `Snapshot`.
        arrays: sha256 of `arrays.safetensors`.
        kept: sha256 of the files in the folders of kept weights, by `<folder>/<file>`.
    """

    identity: Identity
    epoch: int
    step: int
    values: dict[str, Any]
    arrays: str
    kept: dict[str, str]


def checkpoint_name(step: int) -> str:
    """What the checkpoint after a step is called; names sort as steps do."""
    return f"step-{step:010d}"


def write_checkpoint(folder: Path, snapshot: Snapshot, manifest: Manifest) -> None:
    """Write a checkpoint; it appears whole or not at all, and is on the disk when this returns.

    Args:
        folder: to write.
        snapshot: its arrays.
        manifest: all but the digest of the arrays, which is filled in.

    Raises:
        StorageError: the disk is full.
    """
    with atomic_path(folder, FORM) as temporary:
        temporary.mkdir()
        save_file(snapshot.arrays, temporary / ARRAYS)
        fields = asdict(manifest) | {"format": _FORMAT, "arrays": file_sha256(temporary / ARRAYS)}
        text = json.dumps(fields | {"sha256": _sha256(fields)}, indent=1, sort_keys=True)
        (temporary / MANIFEST).write_text(text + "\n")
        for path in (temporary / ARRAYS, temporary / MANIFEST, temporary):
            to_disk(path)
    to_disk(folder.parent)


def parse_manifest(content: bytes, name: str) -> Manifest:
    """The manifest that a file holds.

    Args:
        content: of the file.
        name: what an error calls the checkpoint.

    Raises:
        ArtifactError: it is damaged, or of another version.
    """
    try:
        fields: dict[str, Any] = json.loads(content)
        if fields.pop("sha256") != _sha256(fields) or fields.pop("format") != _FORMAT:
            raise ValueError("other bytes than were written")
        if not all(map(_FOLDER_AND_FILE.fullmatch, fields["kept"])):
            raise ValueError("kept weights elsewhere")
        return Manifest(**fields | {"identity": Identity(**fields["identity"])})
    # RecursionError: JSON of a thousand brackets.
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ArtifactError(f"{name}: a damaged checkpoint ({error})") from error


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a checkpoint.

    Raises:
        ArtifactError: there is none, or it is damaged.
    """
    try:
        return parse_manifest((folder / MANIFEST).read_bytes(), str(folder))
    except OSError as error:
        raise ArtifactError(f"{folder}: a damaged checkpoint ({error.strerror})") from error


def read_snapshot(folder: Path, kept: Path, manifest: Manifest) -> Snapshot:
    """The state that a checkpoint holds.

    Args:
        folder: of the checkpoint.
        kept: folder of the folders of kept weights.
        manifest: of the checkpoint.

    Raises:
        ArtifactError: a file is missing or has other bytes than were written.
    """
    digests = {folder / ARRAYS: manifest.arrays}
    digests |= {kept / name: digest for name, digest in manifest.kept.items()}
    for file, digest in digests.items():
        if not file.is_file() or file_sha256(file) != digest:
            raise ArtifactError(f"{folder}: a damaged checkpoint ({file.name} is not as written)")
    try:
        arrays = load_file(folder / ARRAYS)
    except SafetensorError as error:
        raise ArtifactError(f"{folder}: a damaged checkpoint ({error})") from error
    folders = sorted({name.partition("/")[0] for name in manifest.kept})
    return Snapshot(
        arrays=arrays,
        values=manifest.values,
        folders=tuple(kept / name for name in folders),
    )


def to_disk(path: Path) -> None:
    """Return once a file's bytes, or a folder's names, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
