"""Checkpoints of the same stage on the same data that cannot be gone on from, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from pass_ops.engine.checkpoints.files import LATEST, MANIFEST, Manifest, parse_manifest
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.errors import ArtifactError, StorageError

# Differences that a line can hold.
_SHOWN = 4


def nearest(identity: Identity, root: Path, remote: str) -> str:
    """The checkpoint of the same stage and data that differs least, in words; empty if there is
    none.

    Those of other data are of another round or data set, and those of finished work have no
    `latest` any more: nobody expects to go on from either. Damaged ones, those that other trainings
    remove meanwhile and those that cannot be read are left out, as the words only inform.

    Args:
        identity: of the training.
        root: folder of the checkpoints of all trainings.
        remote: S3 prefix of the same; empty for none.
    """
    ending = f"/{identity.data}/{LATEST}"
    others = _here(root / identity.stage, ending)
    if remote:
        others = chain(others, _in_s3(f"{remote}/{identity.stage}", ending))
    candidates = [
        (differences, place)
        for place, manifest in others
        # None: the whole of which this is a share.
        if (differences := identity.differences(manifest.identity))
    ]
    if not candidates:
        return ""
    differences, place = min(candidates, key=lambda one: len(one[0]))
    more = f", and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
    return f"the checkpoints in {place} have {', '.join(differences[:_SHOWN])}{more}"


def _here(folder: Path, ending: str) -> Iterator[tuple[str, Manifest]]:
    """The newest checkpoint of each training of a stage on the same data, and where it is.

    Args:
        folder: of the stage's trainings.
        ending: what the path of a `latest` ends with, below a folder of settings and code.
    """
    for latest in sorted(folder.glob(f"*{ending}")):
        # ValueError: what `latest` says is no text, or no name.
        with suppress(OSError, ValueError, ArtifactError):
            file = latest.parent / latest.read_text() / MANIFEST
            yield str(latest.parent), parse_manifest(file.read_bytes(), str(file))


def _in_s3(uri: str, ending: str) -> Iterator[tuple[str, Manifest]]:
    """The same in S3.

    Args:
        uri: prefix of the stage's trainings.
        ending: see `_here`.
    """
    from pass_ops.storage.s3 import names_below, read_bytes

    names: set[str] = set()
    with suppress(StorageError):
        names.update(names_below(uri))
    for name in sorted(name for name in names if name.endswith(ending)):
        folder = name.removesuffix(f"/{LATEST}")
        with suppress(StorageError, ArtifactError):
            newest = read_bytes(f"{uri}/{name}").decode(errors="replace")
            manifest = f"{folder}/{newest}/{MANIFEST}"
            if manifest in names:
                yield f"{uri}/{folder}", parse_manifest(read_bytes(f"{uri}/{manifest}"), manifest)
