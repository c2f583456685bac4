"""Checkpoints of the same stage on the same data that cannot be gone on from, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pass_ops.engine.checkpoints.files import LATEST, MANIFEST, Manifest, parse_manifest
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.errors import ArtifactError

# Differences that a line can hold.
_SHOWN = 4


def nearest(identity: Identity, root: Path, remote: str) -> str:
    """The checkpoint of the same stage and data that differs least, in words; empty if there is
    none.

    Those of other data are of another round or data set, and those of finished work have no
    `latest` any more: nobody expects to go on from either.

    Args:
        identity: of the training.
        root: folder of the checkpoints of all trainings.
        remote: S3 prefix of the same; empty for none.
    """
    candidates = [
        (differences, place)
        for place, manifest in _newest_of_others(identity, root, remote)
        # None: the whole of which this is a share.
        if (differences := identity.differences(manifest.identity))
    ]
    if not candidates:
        return ""
    differences, place = min(candidates, key=lambda one: len(one[0]))
    more = f", and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
    return f"the checkpoints in {place} have {', '.join(differences[:_SHOWN])}{more}"


def _newest_of_others(
    identity: Identity, root: Path, remote: str
) -> Iterator[tuple[str, Manifest]]:
    """The newest checkpoint of each training of a stage on the same data, and where it is.

    Args:
        identity, root, remote: see `nearest`.
    """
    stage, ending = identity.stage, f"/{identity.data}/{LATEST}"
    with suppress(ArtifactError):
        for latest in sorted((root / stage).glob(f"*{ending}")):
            file = latest.parent / latest.read_text() / MANIFEST
            if file.is_file():
                yield str(latest.parent), parse_manifest(file.read_bytes(), str(file))
        if not remote:
            return
        from pass_ops.storage.s3 import names_below, read_bytes

        names = set(names_below(f"{remote}/{stage}"))
        for name in sorted(name for name in names if name.endswith(ending)):
            folder = name.removesuffix(f"/{LATEST}")
            newest = read_bytes(f"{remote}/{stage}/{name}").decode(errors="replace")
            if f"{folder}/{newest}/{MANIFEST}" in names:
                uri = f"{remote}/{stage}/{folder}"
                yield uri, parse_manifest(read_bytes(f"{uri}/{newest}/{MANIFEST}"), uri)
