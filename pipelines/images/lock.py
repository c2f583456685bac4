"""Files that say which images stages run in: one line `name=reference` for each image; blank lines
and `#` are comments.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from components.base import POST_IMAGE, TRAIN_IMAGE
from pass_ops.errors import ConfigError
from pass_ops.storage.atomic import atomic_path

# A lock's names of the images that components name.
IMAGES = {"train": TRAIN_IMAGE, "post": POST_IMAGE}


def read_lock(lock: Path) -> dict[str, str]:
    """The references in `lock`, by the images' names; none where there is no such file.

    Raises:
        ConfigError: a line is of another form, or names an image again.
    """
    references: dict[str, str] = {}
    for number, line in enumerate(lock.read_text().splitlines() if lock.exists() else (), 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        name, equals, reference = content.partition("=")
        if not equals or not reference or name in references:
            raise ConfigError(
                f"{lock}:{number}: '{content}': write one line for each image: name=reference@sha256:digest"
            )
        references[name] = reference
    return references


def write_lock(lock: Path, references: Mapping[str, str]) -> None:
    """Write `references` by name."""
    with atomic_path(lock) as temporary:
        lines = [f"{name}={reference}\n" for name, reference in sorted(references.items())]
        temporary.write_text("".join(["# Written by make images.\n", *lines]))
