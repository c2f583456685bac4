"""The version of a compiled pipeline, which it bears itself: whoever uploads it, runs know it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from pass_ops.errors import ConfigError
from pass_ops.versions import PIPELINE_VERSION, git_commit

# The task that says in MLflow what is run; its environment is no part of KFP's cache key.
_FIRST_TASK = "    exec-resolve-config:\n      container:\n"
_VERSION = re.compile(rf"name: {PIPELINE_VERSION}\n +value: '(.+)'\n")


def stamp_version(package: Path, clone: Path) -> None:
    """Write the version, `<commit>-<digest of the package>`, into a compiled pipeline as a variable
    of its first task; nothing where there is no git repository.

    Args:
        package: the compiled pipeline, as `shrink_package` wrote it.
        clone: of which it has the commit, and `dirty` if files differ from it.
    """
    text, commit = package.read_text(), git_commit(clone)
    if commit:
        version = f"{commit}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        lines = ("env:", f"- name: {PIPELINE_VERSION}", f"  value: '{version}'")
        variable = "".join(f"        {line}\n" for line in lines)
        package.write_text(text.replace(_FIRST_TASK, _FIRST_TASK + variable))


def version_name(package: Path) -> str:
    """The version of a compiled pipeline: the same pipeline of the same commit has the same one.

    Raises:
        ConfigError: it has none.
    """
    match = _VERSION.search(package.read_text())
    if match is None:
        raise ConfigError(
            f"{package}: it was compiled outside of a git repository, whose commit names the "
            "version: name it with --version"
        )
    return match[1]
