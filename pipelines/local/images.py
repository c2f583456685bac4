"""The images that `make images` built on this machine alone: `build/images.lock`, in the form of
`images/images.lock`.

They have no digest, as no registry has them; their tags name their content, so that KFP's cache
tells one from another. The line `source` says which code they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pass_ops.errors import ConfigError
from pipelines.images.lock import IMAGES, read_lock
from pipelines.local.pipeline import digest_of

CLONE = Path(__file__).resolve().parents[2]
LOCK = CLONE / "build" / "images.lock"
SOURCE = "source"
_BUILD = "make images DEVICE=cpu builds them"


def source_of_images() -> str:
    """Digest of the code that the images of this clone hold."""
    return digest_of(_sources())


def images_of_this_clone(lock: Path) -> dict[str, str]:
    """The images that `lock` names: references by the names that components know them by.

    Raises:
        ConfigError: images are missing, or were built from other code than this clone's.
    """
    references = read_lock(lock)
    if not references:
        raise ConfigError(f"{lock}: there are no images yet: {_BUILD}")
    if references.get(SOURCE) != source_of_images():
        raise ConfigError(f"{lock}: the images hold other code than this clone: {_BUILD} anew")
    for name in IMAGES:
        if name not in references:
            raise ConfigError(f"{lock}: there is no image {name}: {_BUILD}")
    return {image: references[name] for name, image in IMAGES.items()}


def use_images(package: Path, references: Mapping[str, str]) -> None:
    """Let the stages of the compiled pipeline `package` run in other images: `references` by those
    that it names.
    """
    text = package.read_text()
    for image, reference in references.items():
        text = text.replace(f"image: {image}\n", f"image: {reference}\n")
    package.write_text(text)


def _sources() -> Iterable[Path]:
    folders = [CLONE / name for name in ("pass_ops", "components", "pipelines")]
    return [
        *folders,
        *sorted((CLONE / "images").rglob("*.lock")),
        *sorted((CLONE / "images").rglob("Dockerfile")),
    ]
