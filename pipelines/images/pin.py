"""The images that a cluster's pipeline refers to: by digest, as `images/images.lock` says."""

from __future__ import annotations

import re
from pathlib import Path

from pass_ops.errors import ConfigError
from pipelines.images.lock import read_lock
from pipelines.images.placeholders import PLACEHOLDERS, replace_images

_CLONE = Path(__file__).resolve().parents[2]
# Outside of a clone, where the wheel is installed, it is the working folder's.
LOCK = (_CLONE if (_CLONE / "Makefile").is_file() else Path()) / "images" / "images.lock"
_DIGEST = re.compile(r"[a-z0-9][\w.:/-]*@sha256:[0-9a-f]{64}")
_PLACEHOLDER_DIGEST = "sha256:" + 64 * "0"


def pin_images(package: Path, lock: Path, allow_tags: str = "") -> None:
    """Replace the names of images in a compiled pipeline by digests.

    Args:
        package: the compiled pipeline, which is rewritten.
        lock: file with the references.
        allow_tags: why references other than by digest are let through, and images that `lock` does
            not name keep their names; empty to refuse both. The reason becomes the first line of
            `package`.

    Raises:
        ConfigError: `lock` is missing, misses an image, or refers to one other than by digest.
    """
    # KFP's cache key, as of 2.17.0, holds an image's name and not its content: with a tag, a task's
    # outcome would be reused although the code in the image has changed.
    locked = read_lock(lock)
    references = {name: locked.get(name, unpinned) for name, unpinned in PLACEHOLDERS.items()}
    for name, reference in references.items():
        if not allow_tags and not _is_digest(reference):
            raise ConfigError(
                f"{lock}: image {name} is '{reference}', not a digest: build and push it, write "
                "'name=reference@sha256:digest' there, or say why a tag will do: "
                "make compile ALLOW_TAGS='reason'"
            )
    text = replace_images(package.read_text(), references)
    package.write_text(f"# Images by tag: {allow_tags}\n{text}" if allow_tags else text)


def unbuilt_images(lock: Path) -> str:
    """What is amiss with a package whose images `lock` does not name, in one line; empty if all is
    well: with tags let through, such images keep names that nobody has built.

    Args:
        lock: file with the references.

    Raises:
        ConfigError: it cannot be read.
    """
    missing = sorted(PLACEHOLDERS.keys() - read_lock(lock).keys())
    if not missing:
        return ""
    return (
        f"{lock} names no image {' and '.join(missing)}, so pods would find none: build and push "
        "them with make images REGISTRY=host/path (docs/cluster.md, 2)"
    )


def _is_digest(reference: str) -> bool:
    """Whether an image is named by its content; a digest of zeros stands for none."""
    return bool(_DIGEST.fullmatch(reference)) and not reference.endswith(_PLACEHOLDER_DIGEST)
