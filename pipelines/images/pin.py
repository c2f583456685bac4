"""The images that a compiled pipeline refers to: by digest, as `images/images.lock` says."""

from __future__ import annotations

import re
from pathlib import Path

from pass_ops.errors import ConfigError
from pipelines.images.lock import IMAGES, read_lock

LOCK = Path(__file__).resolve().parents[2] / "images" / "images.lock"
_DIGEST = re.compile(r"[a-z0-9][\w.:/-]*@sha256:[0-9a-f]{64}")
_PLACEHOLDER = "sha256:" + 64 * "0"


def pin_images(package: Path, lock: Path, allow_tags: str = "") -> None:
    """Replace the names of images in the compiled pipeline `package` by the references of `lock`.

    KFP's cache key holds an image's name and not its content: with a tag, a task's outcome would be
    reused although the code in the image has changed.

    Args:
        allow_tags: why references other than by digest are let through, and images that `lock` does
            not name keep their names; empty to refuse both. The reason becomes the first line of
            `package`.

    Raises:
        ConfigError: `lock` is missing, misses an image, or refers to one other than by digest.
    """
    references = read_lock(lock)
    text = package.read_text()
    for name, local_name in IMAGES.items():
        reference = references.get(name, local_name)
        if not allow_tags and (
            not _DIGEST.fullmatch(reference) or reference.endswith(_PLACEHOLDER)
        ):
            raise ConfigError(
                f"{lock}: image {name} is '{reference}', not a digest: build and push it, write "
                "'name=reference@sha256:digest' there, or say why a tag will do: make compile ALLOW_TAGS='reason'"
            )
        text = text.replace(f"image: {local_name}\n", f"image: {reference}\n")
    package.write_text(f"# Images by tag: {allow_tags}\n{text}" if allow_tags else text)
