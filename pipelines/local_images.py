"""The images that `make images` built on this machine alone: `build/images.lock`, in the form of `images/images.lock`.

They have no digest, as no registry has them; their tags name their content, so that KFP's cache tells one from another. The
line `source` says which code they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from components.base import POST_IMAGE, TRAIN_IMAGE
from pass_ops.errors import ConfigError
from pass_ops.storage.atomic import atomic_path
from pipelines.local_pipeline import digest_of

CLONE = Path(__file__).resolve().parents[1]
LOCK = CLONE / "build" / "images.lock"
PUSHED_LOCK = CLONE / "images" / "images.lock"
SOURCE = "source"
IMAGES = {"train": TRAIN_IMAGE, "post": POST_IMAGE}
_BUILD = "make images DEVICE=cpu builds them"


def source_of_images() -> str:
    """Digest of the code that the images of this clone hold."""
    return digest_of(_sources())


def read_lock(lock: Path) -> dict[str, str]:
    """References by name; none where there is no lock."""
    lines = lock.read_text().splitlines() if lock.is_file() else []
    entries = [line.partition("#")[0].strip().partition("=") for line in lines]
    return {name: reference for name, _, reference in entries if name}


def write_lock(lock: Path, references: Mapping[str, str]) -> None:
    """Write `references` by name."""
    with atomic_path(lock) as temporary:
        lines = [f"{name}={reference}\n" for name, reference in sorted(references.items())]
        temporary.write_text("".join(["# Written by make images.\n", *lines]))


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
    """Let the stages of the compiled pipeline `package` run in other images: `references` by those that it names."""
    text = package.read_text()
    for image, reference in references.items():
        text = text.replace(f"image: {image}\n", f"image: {reference}\n")
    package.write_text(text)


def _sources() -> Iterable[Path]:
    folders = [CLONE / name for name in ("pass_ops", "components", "pipelines")]
    return [*folders, *sorted((CLONE / "images").rglob("*.lock")), *sorted((CLONE / "images").rglob("Dockerfile"))]
