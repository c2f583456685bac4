"""Lock files: which images stages run in, one line `name=reference` for each.

Blank lines and `#` are comments. `images/images.lock` names what a registry has, by digest;
`build/images.lock` what this machine alone has.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.errors import ConfigError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE


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
                f"{lock}:{number}: '{content}': write one line for each image: "
                "name=reference@sha256:digest"
            )
        references[name] = reference
    return references


def write_lock(lock: Path, references: Mapping[str, str]) -> None:
    """Write a lock file, whole or not at all.

    Args:
        lock: the file.
        references: by the images' names.
    """
    with atomic_path(lock, ANY_FILE) as partial:
        lines = [f"{name}={reference}\n" for name, reference in sorted(references.items())]
        partial.write_text("".join(["# Written by make images.\n", *lines]))
