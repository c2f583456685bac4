"""The images that `make images` built on this machine alone: `build/images.lock`.

They have no digest, as no registry has them; their tags name their content, so that KFP's cache
tells one from another. The line `source` says which code they hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pass_ops.errors import ConfigError
from pipelines.images.lock import read_lock
from pipelines.images.placeholders import PLACEHOLDERS
from pipelines.images.source_digest import source_digest

CLONE = Path(__file__).resolve().parents[2]
LOCAL_LOCK = CLONE / "build" / "images.lock"
SOURCE = "source"
_BUILD = "make images DEVICE=cpu builds them"


def source_of_images() -> str:
    """Digest of the code that the images of this clone hold."""
    return source_digest(_sources())


def local_images(lock: Path) -> dict[str, str]:
    """References of the images that `lock` names for stages, by its names for them.

    Raises:
        ConfigError: images are missing, or were built from other code than this clone's.
    """
    references = read_lock(lock)
    if not references:
        raise ConfigError(f"{lock}: there are no images yet: {_BUILD}")
    if references.get(SOURCE) != source_of_images():
        raise ConfigError(f"{lock}: the images hold other code than this clone: {_BUILD} anew")
    for name in PLACEHOLDERS:
        if name not in references:
            raise ConfigError(f"{lock}: there is no image {name}: {_BUILD}")
    return {name: references[name] for name in PLACEHOLDERS}


def _sources() -> Iterable[Path]:
    """All that the Dockerfiles copy, and what they install by."""
    return [
        *(CLONE / name for name in ("pass_ops", "components", "pipelines")),
        *sorted((CLONE / "images").rglob("*.lock")),
        *sorted((CLONE / "images").rglob("Dockerfile")),
    ]
